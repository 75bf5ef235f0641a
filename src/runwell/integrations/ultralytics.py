"""Ultralytics: a training's losses and metrics, its settings, its pictures, its curves and its best weights.

from runwell.integrations.ultralytics import add_callbacks
model = YOLO("yolo11n.yaml")
add_callbacks(model)
model.train(data="coco8.yaml", epochs=3)
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import runwell

from .current_run import log_model as log_weights

MAX_PICTURES = 50  # of one training: curves and example batches
CURVE_POINTS = 200  # of a thousand that there are: more than a chart's pixels in a row
_NOT_IN_PROJECTS = re.compile(r"[/\\#?%:]")


class _Training:
    """One training, in the run that is current when it begins, or in one of its own."""

    def __init__(self, project: str | None, log_model: bool) -> None:
        self._project, self._log_model = project, log_model
        self._run: Any = None
        self._own = False
        self._trained: int | None = None  # the epoch that ended last

    def begin(self, trainer: Any) -> None:
        """Begin, or join, the run; the settings are its config."""
        self._own = runwell.run is None
        named = self._project or _NOT_IN_PROJECTS.sub("-", str(trainer.args.project or "ultralytics"))
        self._run = runwell.run or runwell.init(project=named, name=trainer.args.name)
        settings = {
            name: str(value) if isinstance(value, Path) else value for name, value in vars(trainer.args).items()
        }
        self._run.config.update(settings, allow_val_change=True)
        self._run.define_metric("epoch")
        for part in ("train", "val", "metrics", "lr"):
            self._run.define_metric(f"{part}/*", step_metric="epoch")

    def after_training_epoch(self, trainer: Any) -> None:
        """Remember that it was trained: its validation comes next."""
        self._trained = trainer.epoch

    def after_epoch(self, trainer: Any) -> None:
        """Log an epoch's row; what comes after the last is a validation of the best weights, for the summary."""
        if self._trained is None:
            self._run.summary.update({f"best/{name}": value for name, value in _numbers(trainer.metrics).items()})
            return
        row = {**trainer.label_loss_items(trainer.tloss, prefix="train"), **trainer.metrics, **trainer.lr}
        self._run.log({**_numbers(row), "epoch": self._trained + 1})
        self._trained = None

    def end(self, trainer: Any) -> None:
        """Log curves, pictures and weights."""
        row: dict[str, Any] = dict(_curves(trainer.validator))
        pictures = sorted(Path(trainer.save_dir).glob("*.png")) + sorted(Path(trainer.save_dir).glob("*.jpg"))
        row |= {f"plots/{path.stem}": runwell.Image(path) for path in pictures[:MAX_PICTURES]}
        if row:
            self._run.log({**row, "epoch": trainer.epoch + 1})
        if self._log_model and Path(trainer.best).is_file():
            log_weights(self._run, trainer.best, "best")
        if self._own:
            self._run.finish()

    def give_up(self, trainer: Any) -> None:
        """End a run of its own that no training ended."""
        if self._own:
            self._run.finish(exit_code=1)


def add_callbacks(model: Any, project: str | None = None, log_model: bool = True) -> Any:
    """Let a model log its trainings.

    Args:
        model: a ``YOLO`` model.
        project: of a run that is begun here, if there is none.
        log_model: log the best weights as an artifact.

    Returns:
        The model.
    """
    training = _Training(project, log_model)
    model.add_callback("on_pretrain_routine_start", training.begin)
    model.add_callback("on_train_epoch_end", training.after_training_epoch)
    model.add_callback("on_fit_epoch_end", training.after_epoch)
    model.add_callback("on_train_end", training.end)
    model.add_callback("teardown", training.give_up)
    return model


def _numbers(values: dict[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items() if isinstance(value, (int, float)) or _is_one(value)}


def _is_one(value: Any) -> bool:
    return hasattr(value, "item") and getattr(value, "size", 1) == 1


def _curves(validator: Any) -> dict[str, Any]:
    """Draw what a validation knows over recall and confidence, a line a class; tasks without such have none."""
    metrics: Any = getattr(validator, "metrics", None)
    names: Any = getattr(metrics, "curves", [])
    results: Any = getattr(metrics, "curves_results", [])
    charts: dict[str, Any] = {}
    for name, (x, lines, x_title, _y_title) in zip(names, results, strict=False):
        every = max(1, len(x) // CURVE_POINTS)
        classes = [str(metrics.names[place]) for place in _classes(metrics, len(lines))]
        ys = [[float(value) for value in line[::every]] for line in lines]
        charts[f"curves/{name}"] = runwell.plot.line_series(
            [float(value) for value in x[::every]], ys, classes, title=name, xname=x_title
        )
    return charts


def _classes(metrics: Any, count: int) -> list[int]:
    """Give the classes that the lines are of: those that the validation saw."""
    seen = [int(one) for one in getattr(metrics, "ap_class_index", ())]
    return seen if len(seen) == count else list(range(count))
