"""Lightning's logger, for Fabric too: Runwell's."""

from __future__ import annotations

from runwell.integrations.lightning import Logger


class WandbLogger(Logger):
    """Logs what it is given; see ``runwell.integrations.lightning.Logger``."""


__all__ = ["WandbLogger"]
