"""What libraries ask of a run and Runwell's has no use for: added to its class under this name."""

from __future__ import annotations

from typing import Any

from runwell.sdk.run import Run


def extend() -> None:
    """Let runs have the names that libraries ask for."""
    for name, value in _SURFACE.items():
        if not hasattr(Run, name):
            setattr(Run, name, value)


def _label(self: Run, *_: Any, **__: Any) -> None:
    """Do nothing: which library calls is not told to anybody."""


def join(self: Run, exit_code: int | None = None) -> None:
    """End the run; the older name of ``finish``."""
    self.finish(exit_code=exit_code)


class _Torch:
    """``run._torch``: whether anything is watched, as older callbacks ask."""

    def __init__(self) -> None:
        self._hook_handles: dict[str, Any] = {}

    def unhook_all(self) -> None:
        """Do nothing: ``run.unwatch`` does it."""


_SURFACE: dict[str, Any] = {
    "_label": _label,
    "join": join,
    "_attach_id": property(lambda self: self.id, doc="What ``wandb._attach`` takes."),
    "_torch": property(lambda self: _Torch(), doc="For older callbacks."),
    "_tensorboard_callback": lambda self, *_, **__: None,
    "_run_id": property(lambda self: self.id, doc="The id."),
    "sweep_url": None,
}
