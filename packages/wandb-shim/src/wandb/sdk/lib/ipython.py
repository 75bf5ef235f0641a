"""Notebooks."""

from __future__ import annotations

from runwell.sdk.lifecycle import in_notebook as in_notebook


def in_jupyter() -> bool:
    """Tell whether this is a notebook."""
    return in_notebook()
