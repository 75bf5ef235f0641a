"""The runs of a project that match a question, read page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, overload

from runwell.client.connection import Connection
from runwell.wire.errors import UsageError, shorten

from .mongo import filter_text
from .paths import project_route, sort_of
from .runs import Run


def question_of(
    filters: str | Mapping[str, Any] | None, order: str, q: str = "", columns: Sequence[str] = ()
) -> dict[str, str]:
    """Give the parameters of a listing.

    Raises:
        UsageError: the filters are neither text nor a dictionary that means something.
    """
    if isinstance(filters, Mapping):
        filters = filter_text(filters)
    if filters is not None and not isinstance(filters, str):
        raise UsageError(
            "filters must be text such as 'config.lr < 1e-3 and state = \"finished\"', or a dictionary, "
            f"not {shorten(filters)}"
        )
    question = {"sort": sort_of(order) or "-created_at"}
    if columns:
        question["columns"] = ",".join(key.replace(",", "%2C") for key in columns)
    return question | ({"filter": filters} if filters else {}) | ({"q": q} if q else {})


class Runs(Sequence[Run]):
    """The runs of a project that match a question, read page by page.

    Attributes:
        total: runs of the project, matching or not (known after the first page).
    """

    def __init__(
        self, connection: Connection, entity: str, project: str, question: dict[str, str], per_page: int
    ) -> None:
        self._connection = connection
        self._entity = entity
        self._project = project
        self._question = question
        self._per_page = per_page
        self._pages: dict[int, list[Run]] = {}
        self._matched: int | None = None
        self.total = 0

    def __len__(self) -> int:
        if self._matched is None:
            self._page(0)
        return self._matched or 0

    @overload
    def __getitem__(self, index: int) -> Run: ...

    @overload
    def __getitem__(self, index: slice) -> list[Run]: ...

    def __getitem__(self, index: int | slice) -> Run | list[Run]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        if index < 0:
            index += len(self)
        if not 0 <= index < len(self):
            raise IndexError(index)
        page = self._page(index // self._per_page)
        place = index % self._per_page
        if place >= len(page):  # runs disappeared while we read
            raise IndexError(index)
        return page[place]

    def _page(self, number: int) -> list[Run]:
        if number not in self._pages:
            route = f"{project_route(self._entity, self._project)}/runs"
            question = {**self._question, "offset": str(number * self._per_page), "limit": str(self._per_page)}
            answer = self._connection.get_json(route, question)
            self._matched, self.total = answer["matched"], answer["total"]
            self._pages[number] = [
                Run(self._connection, self._entity, self._project, fields, whole=False) for fields in answer["runs"]
            ]
        return self._pages[number]

    def __repr__(self) -> str:
        return f"<Runs of {self._entity}/{self._project}: {len(self):,} of {self.total:,}>"
