"""Media: Runwell's classes, and the names that callers import beside them."""

from __future__ import annotations

from typing import Any

from runwell.sdk.media.audio import Audio as Audio
from runwell.sdk.media.graph import Graph as Graph
from runwell.sdk.media.histogram import Histogram as Histogram
from runwell.sdk.media.html import Html as Html
from runwell.sdk.media.image import Image as Image
from runwell.sdk.media.media import Media as Media
from runwell.sdk.media.molecule import Molecule as Molecule
from runwell.sdk.media.object3d import Object3D as Object3D
from runwell.sdk.media.plotly import Plotly as Plotly
from runwell.sdk.media.table import Table as Table
from runwell.sdk.media.video import Video as Video

WBValue = Media


class Classes:
    """Numbers and names of classes, for the boxes and masks of images: ``[{"id": 0, "name": "cat"}, …]``."""

    def __init__(self, class_set: Any) -> None:
        self._class_set = list(class_set)

    def __iter__(self) -> Any:
        return iter(self._class_set)


class Node:
    """A layer of a graph, by what callers name it."""

    def __init__(self, id: Any = None, name: str = "", class_name: str = "", size: Any = None, **more: Any) -> None:  # noqa: A002
        self.id, self.name, self.class_name, self.size = id, name, class_name, size
        self.more = more


class JoinedTable:
    """Raises: Runwell joins tables where they are looked at."""

    def __init__(self, *_: Any, **__: Any) -> None:
        from wandb.errors import UnsupportedError

        raise UnsupportedError("JoinedTable isn't there: log the two tables; this is Runwell under the name wandb")
