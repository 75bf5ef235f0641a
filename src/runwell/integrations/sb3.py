"""Stable-Baselines3: a training's metrics, the algorithm's settings, its gradients and models.

from runwell.integrations.sb3 import Callback
model.learn(10_000, callback=Callback())
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stable_baselines3.common.callbacks import BaseCallback  # type: ignore[import-not-found]
from stable_baselines3.common.logger import KVWriter  # type: ignore[import-not-found]

from .current_run import demand_run, log_model

STEP = "global_step"
_TRAINED_PARTS = ("mlp_extractor", "q_net", "critic")  # of policies: what a training step calls, once a batch


class Callback(BaseCallback):  # type: ignore[misc]
    """Logs what the algorithm records, without TensorBoard between them.

    Args:
        gradient_save_freq: steps from one histogram of the policy's gradients to the next; 0: none.
        model_save_freq: steps from one saved model to the next; 0: at the end alone.
        model_save_path: the directory of the models, which are logged as artifacts; None: none is saved.
        verbose: as of every callback.

    Raises:
        UsageError: there is no run.
    """

    def __init__(
        self,
        gradient_save_freq: int = 0,
        model_save_freq: int = 0,
        model_save_path: str | None = None,
        verbose: int = 0,
    ) -> None:
        super().__init__(verbose)
        self._run = demand_run()
        self._gradients = gradient_save_freq
        self._every = model_save_freq
        self._path = Path(model_save_path) if model_save_path else None

    def _init_callback(self) -> None:
        settings = {
            name: value if isinstance(value, (bool, int, float, str)) else str(value)
            for name, value in vars(self.model).items()
            if not name.startswith("_") and (isinstance(value, (bool, int, float, str)) or callable(value))
        }
        self._run.config.update({"algo": type(self.model).__name__, **settings}, allow_val_change=True)
        self._run.define_metric(STEP)
        self._run.define_metric("*", step_metric=STEP, step_sync=True)
        if self._gradients > 0:
            self._watch("gradients")

    def _watch(self, log: str | None) -> None:
        """Watch the policy; algorithms train it by its parts, so that a part's call stands for its own."""
        policy = self.model.policy
        self._run.watch(policy, log=log, log_freq=self._gradients)
        called = next(
            (getattr(policy, name) for name in _TRAINED_PARTS if getattr(policy, name, None) is not None), None
        )
        if called is None:
            return

        def count(_part: Any, _inputs: Any) -> None:
            for hook in list(policy._forward_pre_hooks.values()):
                hook(policy, ())

        called.register_forward_pre_hook(count)

    def _on_training_start(self) -> None:
        writers = self.model.logger.output_formats
        if not any(isinstance(writer, _RowWriter) for writer in writers):
            writers.append(_RowWriter(self._run))

    def _on_step(self) -> bool:
        if self._every > 0 and self._path is not None and self.n_calls % self._every == 0:
            self._keep()
        return True

    def _on_training_end(self) -> None:
        if self._path is not None:
            self._keep()

    def _keep(self) -> None:
        assert self._path is not None
        self._path.mkdir(parents=True, exist_ok=True)
        file = self._path / "model.zip"
        self.model.save(file)
        log_model(self._run, file, f"step_{self.num_timesteps}")


class _RowWriter(KVWriter):  # type: ignore[misc]
    """Takes what the algorithm's logger writes."""

    def __init__(self, run: Any) -> None:
        self._run = run

    def write(self, key_values: dict[str, Any], key_excluded: dict[str, Any], step: int = 0) -> None:
        row = {
            name: value for name, value in key_values.items() if isinstance(value, (bool, int, float)) or _number(value)
        }
        if row:
            self._run.log({**row, STEP: step})

    def close(self) -> None:
        """Nothing is held open."""


def _number(value: Any) -> bool:
    return hasattr(value, "item") and getattr(value, "size", 1) == 1
