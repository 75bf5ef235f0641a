"""Keras's callbacks: Runwell's, with checkpoints and predictions as artifacts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras  # type: ignore[import-not-found]

from runwell.integrations.current_run import demand_run
from runwell.integrations.keras import EvalCallback, MetricsLogger, ModelCheckpoint
from runwell.sdk.media.table import Table
from wandb.integration.kept_model import log_model


class WandbMetricsLogger(MetricsLogger):
    """Logs the losses and metrics of a training; see ``runwell.integrations.keras.MetricsLogger``."""

    def __init__(self, log_freq: Any = "epoch", initial_global_step: int = 0, *_: Any, **__: Any) -> None:
        super().__init__(log_freq, initial_global_step)


class WandbModelCheckpoint(ModelCheckpoint):
    """Saves checkpoints as Keras's own callback does, each a version of an artifact."""

    def __init__(self, filepath: Any, *arguments: Any, **options: Any) -> None:
        names = ("monitor", "verbose", "save_best_only", "save_weights_only", "mode", "save_freq")
        super().__init__(filepath, **dict(zip(names, arguments, strict=False)), **options)

    def _save_model(self, *arguments: Any, **named: Any) -> Any:
        before = self._seen()
        result = keras.callbacks.ModelCheckpoint._save_model(self, *arguments, **named)
        epoch = named.get("epoch", arguments[0] if arguments else 0)
        batch = named.get("batch", arguments[1] if len(arguments) > 1 else None)
        alias = f"epoch_{epoch}" if batch is None else f"epoch_{epoch}_batch_{batch}"
        for path, signature in self._seen().items():
            if before.get(path) != signature:
                log_model(self._run, path, f"run_{self._run.id}_model", ["latest", alias])
        return result


class WandbEvalCallback(EvalCallback):
    """Logs a table of predictions after each epoch as a version of an artifact; subclass it and say what its rows are.

    Attributes:
        data_table_ref: the logged data, to take rows from for the predictions.
    """

    def __init__(self, data_table_columns: list[str], pred_table_columns: list[str], *_: Any, **__: Any) -> None:
        super().__init__(data_table_columns, pred_table_columns)
        self.data_table_columns, self.pred_table_columns = list(data_table_columns), list(pred_table_columns)
        self.data_table_ref: Any = None

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Log the data that is evaluated."""
        self.init_data_table(self.data_table_columns)
        self.add_ground_truth(logs)
        self.log_data_table()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log the predictions of this epoch."""
        self.init_pred_table(self.pred_table_columns)
        self.add_model_predictions(epoch, logs)
        self.log_pred_table()

    def init_data_table(self, column_names: list[str]) -> None:
        """Begin the table of the data."""
        self.data_table = Table(columns=column_names, log_mode="MUTABLE")

    def init_pred_table(self, column_names: list[str]) -> None:
        """Begin the table of the predictions."""
        self.pred_table = Table(columns=column_names, log_mode="MUTABLE")

    def log_data_table(self, name: str = "val", type: str = "dataset", table_name: str = "val_data") -> None:  # noqa: A002
        """Log the data as an artifact; the predictions take their rows from it."""
        self._log_table(self.data_table, name, type, table_name, [])
        self.data_table_ref = self.data_table

    def log_pred_table(
        self,
        type: str = "evaluation",  # noqa: A002
        table_name: str = "eval_data",
        aliases: list[str] | None = None,
    ) -> None:
        """Log the predictions as an artifact."""
        self._log_table(self.pred_table, f"run_{self._run.id}_pred", type, table_name, aliases or ["latest"])

    def _log_table(self, table: Table, name: str, kind: str, table_name: str, aliases: list[str]) -> None:
        from wandb.artifact import Artifact

        artifact = Artifact(name, type=kind)
        artifact.add(table, table_name)
        self._run.log_artifact(artifact, aliases=aliases or None)


class WandbCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """The older callback: an epoch's losses and metrics under their own names.

    Args:
        save_model: keep the model, saved after each epoch, as an artifact.
        monitor: save it only where this metric is the best so far.
        options: of the older callback, without effect.
    """

    def __init__(self, monitor: str = "val_loss", save_model: bool = False, **options: Any) -> None:
        super().__init__()
        self._run = demand_run()
        self._monitor, self._save = monitor, save_model
        self._best: float | None = None

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log an epoch."""
        row = {name: float(value) for name, value in (logs or {}).items()}
        self._run.log({"epoch": epoch, **row})
        value = row.get(self._monitor)
        rises = "acc" in self._monitor or "auc" in self._monitor
        if value is None or (self._best is not None and (value <= self._best if rises else value >= self._best)):
            return
        self._best = value
        self._run.summary["best_epoch"] = epoch
        self._run.summary[f"best_{self._monitor}"] = value
        if self._save:
            path = Path(self._run.dir) / "model-best.keras"
            self.model.save(path)
            log_model(self._run, path, f"model-{self._run.id}", ["best"])


__all__ = ["WandbCallback", "WandbEvalCallback", "WandbMetricsLogger", "WandbModelCheckpoint"]
