"""What lies over an image: bounding boxes and segmentation masks, in named groups with class labels."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import is_a, items_of, mapping_of, path_of, text_of
from runwell.wire.numbers import is_exact_in_float

if TYPE_CHECKING:
    from .place import MediaPlace

Labels = dict[int, str]


def read_labels(given: Any) -> Labels | None:
    """Read class labels: {class id: name}.

    Raises:
        UsageError: they are none.
    """
    if given is None:
        return None
    try:
        return {int(number): text_of(name) for number, name in mapping_of(given, "class_labels").items()}
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"class_labels is {{class id: name}}, not {shorten(given)}") from None


class Boxes:
    """One group of bounding boxes.

    Args:
        group: its name ("predictions", "ground_truth").
        given: ``box_data``, a list of boxes, and ``class_labels``? {class id: name}. A box has a ``position`` (minX,
            maxX, minY, maxY, or middle, width, height; as parts of the image, or in pixels with
            ``domain="pixel"``), and may have ``class_id``, ``scores`` {name: number} and ``box_caption``.

    Raises:
        UsageError: a box has no position that can be drawn.
    """

    def __init__(self, group: str, given: Mapping[str, Any]) -> None:
        data = given.get("box_data") if is_a(given, Mapping) else None
        if data is None or is_a(data, str, bytes, Mapping):
            raise UsageError(f"boxes {shorten(group)}: box_data must be a list of boxes, not {shorten(data)}")
        self.group = group
        self.labels = read_labels(given.get("class_labels"))
        self.boxes = [
            _box(box, f"boxes {shorten(group)}: box {number}")
            for number, box in enumerate(items_of(data, f"boxes {shorten(group)}: box_data"))
        ]

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write them as JSON beside the image."""
        document: dict[str, Any] = {"box_data": self.boxes}
        if self.labels is not None:
            document["class_labels"] = self.labels
        made = place.put("metadata/boxes2D", "boxes2D.json", json.dumps(document).encode())
        return {"_type": "boxes2D", **made}


def _box(given: Any, where: str) -> dict[str, Any]:
    position = given.get("position") if is_a(given, Mapping) else None
    if position is None or not is_a(position, Mapping):
        raise UsageError(f"{where} has no position")
    box: dict[str, Any] = {"position": _position(position, where)}
    try:
        if given.get("class_id") is not None:
            box["class_id"] = int(given["class_id"])
            if not is_exact_in_float(box["class_id"]):
                raise ValueError
        if given.get("scores") is not None:
            box["scores"] = {
                text_of(name): float(score) for name, score in mapping_of(given["scores"], "scores").items()
            }
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"{where}: class_id is a number, scores are {{name: number}}") from None
    if given.get("domain") is not None:
        if given["domain"] != "pixel":
            raise UsageError(f"{where}: domain {shorten(given['domain'])} must be 'pixel', or left out")
        box["domain"] = "pixel"
    if given.get("box_caption") is not None:
        box["box_caption"] = text_of(given["box_caption"])
    return box


def _position(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    try:
        if "middle" in given:
            x, y = given["middle"]
            return {"middle": [float(x), float(y)], "width": float(given["width"]), "height": float(given["height"])}
        return {side: float(given[side]) for side in ("minX", "maxX", "minY", "maxY")}
    except (KeyError, TypeError, ValueError, OverflowError):
        raise UsageError(f"{where}: its position needs minX, maxX, minY, maxY, or middle, width, height") from None


class Mask:
    """One segmentation mask: a class id from 0 to 255 a pixel.

    Args:
        group: its name.
        given: ``mask_data`` (2-D array of integers) or ``path`` of an image of class ids, and ``class_labels``?.

    Raises:
        UsageError: it is no such array.
    """

    def __init__(self, group: str, given: Mapping[str, Any]) -> None:
        if not is_a(given, Mapping) or ("mask_data" not in given and "path" not in given):
            raise UsageError(f"mask {shorten(group)} needs mask_data, a 2-D array of class ids, or a path")
        self.group = group
        self.labels = read_labels(given.get("class_labels"))
        self._path = None if given.get("path") is None else path_of(given["path"], f"mask {shorten(group)}")
        if self._path is not None and not os.path.isfile(self._path):
            raise UsageError(f"mask {shorten(group)}: there is no image file {shorten(self._path)}")
        self._ids: Any = None if self._path else _class_ids(given["mask_data"], group)

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write it as an image of one byte a pixel."""
        if self._path is not None:
            made = place.put_file("images/mask", "mask.png", self._path)
        else:
            from .image import encode_png

            made = place.put("images/mask", "mask.png", encode_png(self._ids, "L"))
        row = {"_type": "mask", **made}
        if self.labels is not None:
            # The official client hides them in the config; a reader of the row needs them here.
            row["class_labels"] = {str(number): name for number, name in self.labels.items()}
        return row


def _class_ids(given: Any, group: str) -> Any:
    import numpy as np

    from .arrays import as_array

    ids = as_array(given)
    if ids.ndim != 2:
        raise UsageError(f"mask {shorten(group)}: mask_data has {ids.ndim} dimensions, not 2 (height, width)")
    if ids.dtype.kind == "f" and not (ids == np.rint(ids)).all():
        raise UsageError(f"mask {shorten(group)}: class ids are whole numbers; make them so: mask.round(), or argmax")
    if ids.size and (ids.min() < 0 or ids.max() > 255):
        raise UsageError(f"mask {shorten(group)}: class ids go from 0 to 255, these from {ids.min()} to {ids.max()}")
    return ids.astype(np.uint8)
