"""Keras: metrics of epochs and batches, checkpoints, and tables of what a model predicts.

from runwell.integrations.keras import MetricsLogger
model.fit(x, y, callbacks=[MetricsLogger()])
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Literal

import keras  # type: ignore[import-not-found]

import runwell

from .current_run import demand_run, log_model

MAX_PREDICTIONS = 10_000  # rows of one table of predictions


class MetricsLogger(keras.callbacks.Callback):  # type: ignore[misc]
    """Logs the losses and metrics of a training.

    Args:
        log_freq: "epoch", "batch", or a number of batches from one row to the next.
        initial_global_step: batches that were trained before.

    Raises:
        UsageError: there is no run, or log_freq is none of these.
    """

    def __init__(self, log_freq: Literal["epoch", "batch"] | int = "epoch", initial_global_step: int = 0) -> None:
        super().__init__()
        self._run = demand_run()
        if log_freq == "batch":
            log_freq = 1
        if log_freq != "epoch" and (not isinstance(log_freq, int) or log_freq < 1):
            raise runwell.UsageError(f"log_freq {log_freq!r} is neither 'epoch', 'batch' nor a number of batches")
        self._every = log_freq if isinstance(log_freq, int) else None
        self._batch = initial_global_step
        if self._every is not None:
            self._run.define_metric("batch/batch_step")
            self._run.define_metric("batch/*", step_metric="batch/batch_step")
        self._run.define_metric("epoch/epoch")
        self._run.define_metric("epoch/*", step_metric="epoch/epoch")

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log an epoch's metrics and its learning rate."""
        row = {f"epoch/{name}": float(value) for name, value in (logs or {}).items()}
        row["epoch/epoch"] = epoch
        rate = self._learning_rate()
        if rate is not None:
            row["epoch/learning_rate"] = rate
        self._run.log(row)

    def on_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Log a batch's metrics, every so many batches."""
        self._batch += 1
        if self._every is None or batch % self._every:
            return
        row = {f"batch/{name}": float(value) for name, value in (logs or {}).items()}
        row["batch/batch_step"] = self._batch - 1
        rate = self._learning_rate()
        if rate is not None:
            row["batch/learning_rate"] = rate
        self._run.log(row)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """As :meth:`on_batch_end`."""
        self.on_batch_end(batch, logs)

    def _learning_rate(self) -> float | None:
        try:
            return float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        except (AttributeError, TypeError, ValueError):
            return None


class ModelCheckpoint(keras.callbacks.ModelCheckpoint):  # type: ignore[misc]
    """Saves checkpoints as Keras's own callback does, each a version of an artifact.

    Args:
        filepath: as Keras takes it.
        options: Keras's own (``monitor``, ``save_best_only``, …).
    """

    def __init__(self, filepath: str | Path, **options: Any) -> None:
        super().__init__(str(filepath), **options)
        self._run = demand_run()

    def _save_model(self, *arguments: Any, **named: Any) -> Any:
        before = self._seen()
        result = super()._save_model(*arguments, **named)
        for path, signature in self._seen().items():
            if before.get(path) != signature:
                log_model(self._run, path, self._alias(*arguments, **named))
        return result

    @staticmethod
    def _alias(epoch: int = 0, batch: int | None = None, *_: Any, **__: Any) -> str:
        return f"epoch_{epoch}" if batch is None else f"epoch_{epoch}_batch_{batch}"

    def _seen(self) -> dict[Path, tuple[int, int]]:
        folder = Path(self.filepath).resolve().parent
        suffix = Path(self.filepath).suffix
        found = (path for path in folder.glob(f"*{suffix}") if path.is_file()) if folder.is_dir() else ()
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in found}


class EvalCallback(keras.callbacks.Callback):  # type: ignore[misc]
    """Logs a table of predictions after each epoch; subclass it and say what its rows are.

    Args:
        data_table_columns: columns of the data that is evaluated.
        pred_table_columns: columns of the predictions.

    Raises:
        UsageError: there is no run.
    """

    def __init__(self, data_table_columns: list[str], pred_table_columns: list[str]) -> None:
        super().__init__()
        self._run = demand_run()
        self._data_columns = list(data_table_columns)
        self._pred_columns = list(pred_table_columns)
        self.data_table = runwell.Table(columns=self._data_columns, log_mode="MUTABLE")
        self.pred_table = runwell.Table(columns=self._pred_columns, log_mode="MUTABLE")

    def add_ground_truth(self, logs: dict[str, Any] | None = None) -> None:
        """Fill ``self.data_table`` with the data that is evaluated."""
        raise NotImplementedError("say with self.data_table.add_data(…) what is evaluated")

    def add_model_predictions(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Fill ``self.pred_table`` with what the model predicts now."""
        raise NotImplementedError("say with self.pred_table.add_data(…) what the model predicts")

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Log the data that is evaluated."""
        self.add_ground_truth(logs)
        self._run.log({"eval/data": self.data_table})

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Log the predictions of this epoch."""
        self.pred_table = runwell.Table(columns=self._pred_columns, log_mode="MUTABLE")
        self.add_model_predictions(epoch, logs)
        if len(self.pred_table) > MAX_PREDICTIONS:
            print(
                f"runwell: {len(self.pred_table):,} predictions; at most {MAX_PREDICTIONS:,} are kept", file=sys.stderr
            )
            self.pred_table.data = self.pred_table.data[:MAX_PREDICTIONS]
        self._run.log({"eval/predictions": self.pred_table})
