"""Objects in space: point clouds, scenes with boxes and vectors, and files of 3-D formats."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runwell.sdk.values import Rejected, Tally, plain
from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import is_a, items_of, path_of, read_from, refusing
from runwell.wire.numbers import encode_extended

from .media import FileMedia, Media

if TYPE_CHECKING:
    from .place import MediaPlace

_FILE_TYPES = ("obj", "gltf", "glb", "babylon", "stl", "pts.json")
SCENE = "lidar/beta"  # the format's only kind of scene
MAX_POINTS = 300_000  # of one cloud: what a browser draws fluently


class Object3D(FileMedia):
    """An object in space.

    Args:
        data_or_path: points, an array (count, 3 | 4 | 6) of x, y, z[, class | red, green, blue]; a scene
            {"type": "lidar/beta", "points": …, "boxes": […], "vectors": […]}; a path; an open file with ``file_type``.
        caption: shown with it.
        file_type: of an open file: obj, gltf, glb, babylon, stl or pts.json.

    Raises:
        UsageError: it is none of these.
    """

    kind = "object3D-file"
    folder = "object3D"

    @refusing("Object3D")
    def __init__(self, data_or_path: Any, caption: str | None = None, file_type: str | None = None) -> None:
        super().__init__(caption)
        if is_a(data_or_path, str) or hasattr(type(data_or_path), "__fspath__"):
            self._path = path_of(data_or_path, "Object3D")
            self._suffix = next((kind for kind in _FILE_TYPES if self._path.endswith(f".{kind}")), "")
            if not self._suffix:
                raise UsageError(f"{shorten(self._path)} is no 3-D file; its name must end with one of {_FILE_TYPES}")
            if not os.path.isfile(self._path):
                raise UsageError(f"there is no file {shorten(self._path)}")
        elif hasattr(data_or_path, "read"):
            if file_type not in _FILE_TYPES:
                raise UsageError(f"file_type {shorten(file_type)} of an open file must be one of {_FILE_TYPES}")
            self._suffix, self._data = str(file_type), read_from(data_or_path, "Object3D")
        else:
            self._suffix = "pts.json"
            document = _scene(data_or_path) if is_a(data_or_path, Mapping) else _points(data_or_path)
            self._data = encode_extended(document)

    @classmethod
    def from_file(cls, data_or_path: Any, file_type: str | None = None) -> Object3D:
        """Make one of a path or an open file."""
        return cls(data_or_path, file_type=file_type)

    @classmethod
    def from_numpy(cls, data: Any) -> Object3D:
        """Make one of points."""
        return cls(data)

    @classmethod
    def from_point_cloud(
        cls, points: Any, boxes: Sequence[Mapping[str, Any]], vectors: Any = None, point_cloud_type: str = SCENE
    ) -> Object3D:
        """Make a scene of points, boxes and vectors."""
        return cls({"type": point_cloud_type, "points": points, "boxes": boxes, "vectors": vectors or []})

    @classmethod
    def group_to_row(cls, items: Sequence[Media], place: MediaPlace) -> dict[str, Any]:
        """Write several objects."""
        rows = [item.to_row(place) for item in cls.alike(items)]
        names = [row["path"].removeprefix("media/object3D/") for row in rows]
        return {"_type": "object3D", "filenames": names, "count": len(rows), "objects": rows}


def _points(data: Any) -> list[list[float]]:
    from .arrays import as_array

    found = as_array(data)
    if found.ndim != 2 or found.shape[1] not in (3, 4, 6):
        raise UsageError(
            f"points have the shape (count, 3) x, y, z, (count, 4) with a class, or (count, 6) with red, green, blue, "
            f"not {tuple(found.shape)}"
        )
    if len(found) > MAX_POINTS:
        raise UsageError(f"{len(found):,} points; at most {MAX_POINTS:,} are drawn, choose some of them")
    return found.tolist()


def _scene(given: Mapping[str, Any]) -> dict[str, Any]:
    if given.get("type") != SCENE:
        raise UsageError(f"a scene's type is {SCENE!r}, not {shorten(given.get('type'))}")
    points = given.get("points")
    scene: dict[str, Any] = {"type": SCENE, "points": [] if points is None or len(points) == 0 else _points(points)}
    for part in ("boxes", "vectors"):
        try:
            scene[part] = [plain(one, Tally()) for one in items_of(given.get(part), f"{part} of a scene")]
        except Rejected as error:
            raise UsageError(f"{part} of a scene: {error}") from None
    return scene
