"""The media that a run logs: written below its files, charts told to its journal. Loaded with the first such value."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from runwell.wire import records

from .chart import CustomChart
from .media import media_of
from .place import MediaPlace

if TYPE_CHECKING:
    from runwell.sdk.files import RunFiles
    from runwell.sdk.journal import Journal
    from runwell.sdk.values import Tally


class LoggedMedia:
    """Takes the media of one run.

    Args:
        run_dir: the run directory.
        files: what keeps its files.
        journal: where charts are recorded.
        tell: takes what became of the values inside of one.
    """

    def __init__(self, run_dir: str, files: RunFiles, journal: Journal, tell: Callable[[Tally], None]) -> None:
        self._tell = tell
        self._run_dir = run_dir
        self._files = files
        self._journal = journal
        self._charts: dict[str, dict[str, Any]] = {}

    def take(self, key: str, value: Any, step: int) -> tuple[str, dict[str, Any]] | None:
        """Keep a value if it is media; see ``values.TakeMedia``."""
        name, chart = "{}", None
        if isinstance(value, CustomChart):
            chart, value = value, value.table
            name = chart.row_name
        found = media_of(value)
        if found is None:
            return None
        place = MediaPlace(self._run_dir, lambda path: self._files.record(path, "now"), name.format(key), step)
        if isinstance(found, list):
            return name, type(found[0]).group_to_row(found, place)
        kept = found.to_row(place)
        if found.tally is not None:
            self._tell(found.tally)
            found.tally = None
        if chart is not None:
            self._record(chart.fact(key))
        return name, kept

    def _record(self, fact: dict[str, Any]) -> None:
        if self._charts.get(fact["key"]) != fact:
            self._charts[fact["key"]] = fact
            self._journal.record(records.CHART, fact)
