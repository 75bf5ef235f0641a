"""Ultralytics: a training's losses and metrics, its settings, its pictures and its best weights.

from runwell.integrations.ultralytics import add_callbacks
model = YOLO("yolo11n.yaml")
add_callbacks(model)
model.train(data="coco8.yaml", epochs=3)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import runwell

MAX_PICTURES = 50  # of one training: curves and example batches


def add_callbacks(model: Any, project: str | None = None, log_model: bool = True) -> Any:
    """Let a model log its trainings.

    Args:
        model: a ``YOLO`` model.
        project: of a run that is begun here, if there is none.
        log_model: keep the best weights with the run.

    Returns:
        The model.
    """
    state: dict[str, Any] = {"run": None, "own": False, "seen": set()}

    def begin(trainer: Any) -> None:
        state["own"] = runwell.run is None
        state["run"] = runwell.run or runwell.init(
            project=project or trainer.args.project or "ultralytics", name=trainer.args.name
        )
        state["run"].config.update(vars(trainer.args), allow_val_change=True)

    def after_epoch(trainer: Any) -> None:
        row = {**trainer.label_loss_items(trainer.tloss, prefix="train"), **trainer.metrics, **trainer.lr}
        state["run"].log({**row, "epoch": trainer.epoch + 1})

    def end(trainer: Any) -> None:
        run = state["run"]
        pictures = sorted(Path(trainer.save_dir).glob("*.png")) + sorted(Path(trainer.save_dir).glob("*.jpg"))
        if pictures:
            run.log({f"plots/{path.stem}": runwell.Image(path) for path in pictures[:MAX_PICTURES]})
        if log_model and Path(trainer.best).is_file():
            run.save(str(trainer.best), base_path=str(Path(trainer.best).parent), policy="now")
        if state["own"]:
            run.finish()

    model.add_callback("on_pretrain_routine_start", begin)
    model.add_callback("on_fit_epoch_end", after_epoch)
    model.add_callback("on_train_end", end)
    return model
