"""``Molecule``: Runwell's."""

from __future__ import annotations

from runwell.sdk.media.molecule import Molecule as Molecule
