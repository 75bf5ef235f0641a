# /// script
# requires-python = ">=3.10"
# dependencies = ["runwell[media]", "ultralytics"]
#
# [tool.uv.sources]
# runwell = { path = "..", editable = true }
# ///
"""Ultralytics: a YOLO, made from its configuration, learns to find discs, boxes and triangles in pictures drawn here.

make example NAME=ultralytics
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw
from ultralytics import YOLO

import runwell
from runwell.integrations.ultralytics import add_callbacks

SIZE = 96
CLASSES = ["disc", "box", "triangle"]
COLOURS = [(230, 80, 60), (60, 140, 230), (240, 190, 60)]


def main() -> None:
    rng = np.random.default_rng(0)
    draw_pictures("train", 96, rng)
    draw_pictures("val", 24, rng)
    Path("shapes.yaml").write_text(
        f"path: {Path('shapes').absolute()}\ntrain: images/train\nval: images/val\nnames: {CLASSES}\n"
    )
    with runwell.init(project="examples", name="ultralytics"):
        model = add_callbacks(YOLO("yolov8n.yaml"))
        model.train(
            data="shapes.yaml",
            epochs=20,
            imgsz=SIZE,
            batch=16,
            device="cpu",
            workers=0,
            mosaic=0.0,
            pretrained=False,  # nothing is fetched
            project=Path("runs").absolute(),
            name="shapes",
            exist_ok=True,
        )


def draw_pictures(part: str, count: int, rng: np.random.Generator) -> None:
    """Draw pictures of one to three shapes, and write down where they are, in YOLO's form."""
    images, labels = Path("shapes/images", part), Path("shapes/labels", part)
    images.mkdir(parents=True, exist_ok=True)
    labels.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        picture = Image.fromarray(rng.integers(20, 60, (SIZE, SIZE, 3), dtype=np.uint8))
        pen = ImageDraw.Draw(picture)
        lines = []
        for _ in range(rng.integers(1, 4)):
            kind, size = int(rng.integers(3)), int(rng.integers(20, 40))
            x, y = (int(place) for place in rng.integers(0, SIZE - size, 2))
            area = (x, y, x + size, y + size)
            if kind == 0:
                pen.ellipse(area, fill=COLOURS[kind])
            elif kind == 1:
                pen.rectangle(area, fill=COLOURS[kind])
            else:
                pen.polygon([(x, y + size), (x + size / 2, y), (x + size, y + size)], fill=COLOURS[kind])
            middle, share = ((x + size / 2) / SIZE, (y + size / 2) / SIZE), size / SIZE
            lines.append(f"{kind} {middle[0]:.4f} {middle[1]:.4f} {share:.4f} {share:.4f}")
        picture.save(images / f"{number:03}.png")
        (labels / f"{number:03}.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
