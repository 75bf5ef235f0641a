"""Mode disabled: a Run of the right type that records nothing, so that a script runs without a trace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .journal import Journal
from .lifecycle import Ending
from .opening import Opening
from .run import Run


class SilentJournal(Journal):
    """A journal that takes everything and keeps nothing."""

    def __init__(self) -> None:
        super().__init__("", lambda: b"")

    def write(self, line: bytes) -> None:
        """Do nothing."""

    def check(self) -> None:
        """Do nothing."""

    def close(self, keep_open: bool = False) -> int:
        """Do nothing."""
        return 0


class DisabledRun(Run):
    """A run whose calls have no effect; config and summary hold what is set."""

    def __init__(self, opening: Opening) -> None:
        super().__init__(opening, SilentJournal())
        self._directory = ""

    def log(
        self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None, sync: bool | None = None
    ) -> None:
        """Do nothing."""

    def save(self, glob_str: Any, base_path: Any = None, policy: str = "live") -> list[str]:
        """Keep nothing."""
        return []

    def watch(
        self,
        models: Any,
        criterion: Any = None,
        log: str | None = "gradients",
        log_freq: int = 1_000,
        idx: int | None = None,
        log_graph: bool = False,
    ) -> None:
        """Watch nothing."""

    def end(self, ending: Ending, at_exit: bool = False, quiet: bool | None = None) -> None:
        """End the run without a word."""
        if not self._ended:
            self._ended = True
            self._close(at_exit=True)  # nothing is refused, as nothing is recorded

    def become_child(self, journal_path: str) -> None:
        """Do nothing."""

    def status(self) -> dict[str, Any]:
        """Give nothing."""
        return {}

    @property
    def dir(self) -> str:
        """A directory that exists, made when first asked for."""
        if not self._directory:
            from tempfile import mkdtemp

            self._directory = mkdtemp(prefix="runwell-disabled-")
        return self._directory

    @property
    def disabled(self) -> bool:
        """Whether nothing is recorded at all: yes."""
        return True
