"""Artifact tests keep their caches to themselves."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache directory of the test's own."""
    monkeypatch.setenv("RUNWELL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"
