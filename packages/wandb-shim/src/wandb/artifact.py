"""``wandb.Artifact``: Runwell's."""

from __future__ import annotations

from typing import Any

try:
    from runwell import Artifact as Artifact  # type: ignore[attr-defined]
except (ImportError, AttributeError):  # a Runwell that has none: libraries import the name long before they use it

    class Artifact:  # type: ignore[no-redef]
        """Raises when it is made."""

        def __init__(self, *_: Any, **__: Any) -> None:
            raise NotImplementedError(
                "this version of Runwell has no Artifact; keep files with wandb.save(), or turn off what logs models"
            )
