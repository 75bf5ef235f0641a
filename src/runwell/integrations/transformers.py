"""Hugging Face Transformers: a callback for ``Trainer``.

from runwell.integrations.transformers import Callback
Trainer(model, arguments, callbacks=[Callback()])
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from transformers import TrainerCallback  # type: ignore[import-not-found]

import runwell

from .current_run import log_model as log_checkpoint

STEP = "train/global_step"


class Callback(TrainerCallback):  # type: ignore[misc]
    """Logs a training: arguments and model as config, losses and metrics as rows.

    Args:
        project: of a run that is begun here, if there is none.
        log_model: log the best or last checkpoint as an artifact.
        watch: "gradients", "parameters" or "all": histograms of the model; see ``Run.watch``.
    """

    def __init__(self, project: str | None = None, log_model: bool = False, watch: str | None = None) -> None:
        self._project = project
        self._log_model = log_model
        self._watch = watch
        self._run: Any = None

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **_: Any) -> None:
        """Begin, or join, the run."""
        if not state.is_world_process_zero or self._run is not None:
            return
        self._run = runwell.run or runwell.init(project=self._project, name=getattr(args, "run_name", None))
        config = dict(args.to_sanitized_dict())
        if getattr(model, "config", None) is not None:
            config = {**model.config.to_dict(), **config}
        if model is not None and hasattr(model, "num_parameters"):
            config["model/num_parameters"] = model.num_parameters()
        self._run.config.update(config, allow_val_change=True)
        self._run.define_metric(STEP)
        self._run.define_metric("*", step_metric=STEP, step_sync=True)
        if self._watch and model is not None:
            self._run.watch(model, log=self._watch, log_freq=max(100, int(state.logging_steps or 0)))

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, Any] | None = None, **_: Any) -> None:
        """Log one row; what a training says at its end goes into the summary."""
        if self._run is None:
            return
        row: dict[str, Any] = {}
        for name, value in (logs or {}).items():
            if name in (
                "train_runtime",
                "train_samples_per_second",
                "train_steps_per_second",
                "train_loss",
                "total_flos",
            ):
                self._run.summary[f"train/{name}"] = value
            elif isinstance(value, (int, float)):
                row[f"eval/{name[5:]}" if name.startswith("eval_") else f"train/{name}"] = value
        if row.keys() - {"train/epoch"}:  # the last call says how fast it all was, and the epoch once more
            self._run.log({**row, STEP: state.global_step})

    def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Keep the checkpoint, if asked."""
        if self._run is None or not self._log_model:
            return
        found = sorted(Path(args.output_dir).glob("checkpoint-*"), key=lambda path: path.stat().st_mtime)
        folder = state.best_model_checkpoint or (str(found[-1]) if found else "")
        if folder and Path(folder).is_dir():
            log_checkpoint(self._run, folder, *(["best"] if state.best_model_checkpoint else []))
