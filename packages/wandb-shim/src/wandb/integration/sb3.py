"""Stable-Baselines3's callback: Runwell's; where TensorBoard is synced, the metrics come from there."""

from __future__ import annotations

from pathlib import Path

from runwell.integrations.sb3 import Callback


class WandbCallback(Callback):
    """Logs the algorithm's settings, its gradients and its model; and its metrics, unless TensorBoard is synced.

    Args:
        verbose: as of every callback.
        model_save_path: the directory of the models, which are kept as the run's files; None: none is saved.
        model_save_freq: steps from one saved model to the next; 0: at the end alone.
        gradient_save_freq: steps from one histogram of the policy to the next; 0: none.
        log: "gradients", "parameters" or "all".
    """

    def __init__(
        self,
        verbose: int = 0,
        model_save_path: str | None = None,
        model_save_freq: int = 0,
        gradient_save_freq: int = 0,
        log: str | None = "all",
    ) -> None:
        super().__init__(gradient_save_freq, model_save_freq, model_save_path, verbose)
        self._log = log if log in ("gradients", "parameters", "all", None) else "all"
        self.path = str(Path(model_save_path) / "model.zip") if model_save_path else None

    def _init_callback(self) -> None:
        found = {
            name: value if type(value) in (float, int, str) else str(value) for name, value in vars(self.model).items()
        }
        self._run.config.setdefaults({"algo": type(self.model).__name__, **found})
        if self._gradients > 0:
            self._watch(self._log)

    def _keep(self) -> None:
        assert self.path is not None
        self.model.save(self.path)
        self._run.save(self.path, base_path=str(Path(self.path).parent), policy="now")

    def _on_training_start(self) -> None:
        from runwell.integrations.tensorboard import is_synced

        if not is_synced():
            super()._on_training_start()


__all__ = ["WandbCallback"]
