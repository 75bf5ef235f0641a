"""Sacred isn't there."""

from __future__ import annotations

from typing import Any


class WandbObserver:
    """Raises: Runwell has no observer for Sacred."""

    def __init__(self, *_: Any, **__: Any) -> None:
        raise NotImplementedError("this is Runwell under the name wandb: it has no observer for Sacred")
