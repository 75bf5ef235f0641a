"""Ultralytics learns red and blue boxes, from nothing, under its own callbacks for wandb."""

import csv
import os
from pathlib import Path

import ledger
import numpy as np
from PIL import Image

os.environ.pop("PYTEST_CURRENT_TEST", None)  # where it is set Ultralytics logs nothing
from ultralytics import YOLO, settings

SIZE, EPOCHS = 64, 3

rng = np.random.default_rng(0)
for part in ("train", "val"):
    for kind in ("images", "labels"):
        Path("boxes", kind, part).mkdir(parents=True)
    for n in range(8):
        picture = np.full((SIZE, SIZE, 3), 60, np.uint8)
        (w, h), (x, y) = rng.integers(20, 40, 2), rng.integers(0, 24, 2)
        picture[y : y + h, x : x + w] = ((40, 90, 230), (230, 60, 40))[n % 2]
        Image.fromarray(picture).save(f"boxes/images/{part}/{n}.png")
        box = [(x + w / 2) / SIZE, (y + h / 2) / SIZE, w / SIZE, h / SIZE]
        Path(f"boxes/labels/{part}/{n}.txt").write_text(f"{n % 2} {' '.join(map(str, box))}\n")
Path("boxes.yaml").write_text(
    f"path: {Path('boxes').absolute()}\ntrain: images/train\nval: images/val\nnames: [blue, red]\n"
)
settings.update({"wandb": True})
model = YOLO("yolov8n.yaml")
model.train(
    data="boxes.yaml", epochs=EPOCHS, imgsz=SIZE, batch=4, device="cpu", workers=0, project="frameworks", name="boxes",
    verbose=False,
)  # fmt: skip
saved = Path(model.trainer.save_dir)
with (saved / "results.csv").open() as file:
    told = [{name.strip(): float(value) for name, value in row.items()} for row in csv.DictReader(file)]
(kept,) = saved.glob("wandb/run-*/run-*.wandb")  # Ultralytics finds the run to resume by this name
ledger.close(
    run_id=kept.stem.removeprefix("run-"),
    config={"epochs": EPOCHS, "imgsz": SIZE, "model": "yolov8n.yaml"},
    rows=[{name: row[name] for name in row if name != "time"} for row in told],
    pictures={path.stem: ledger.sha256(str(path)) for path in sorted(saved.glob("*_curve.png"))},
    model=ledger.sha256(str(saved / "weights" / "best.pt")),
)
