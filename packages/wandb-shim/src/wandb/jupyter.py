"""Notebooks: ``run.display()`` is what is there."""

from __future__ import annotations

from runwell.sdk.lifecycle import in_notebook as in_notebook


def notebook_metadata(*_: object, **__: object) -> dict[str, str]:
    """Give nothing: Runwell asks no notebook server."""
    return {}
