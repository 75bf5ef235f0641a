"""``Object3D``: Runwell's."""

from __future__ import annotations

from runwell.sdk.media.object3d import Object3D as Object3D
