"""Values of many runs at once: columns to draw, and how much each parameter matters to a number."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from runwell.server.stores.filter_tree import Selection
from runwell.server.stores.records import RunTable
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_IDS

from .access import Actor
from .filters import parse_key
from .importance import MIN_RUNS, rate_parameters
from .projects import Projects
from .selection import RunQuery, select_runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

MAX_PARAMETERS = 200  # rated at once: a forest of more takes many seconds, and nobody reads a longer list


class RunValues:
    """Reads columns of runs.

    Args:
        catalog: the catalog.
        projects: where the runs live.
        clock: seconds since the epoch.
    """

    def __init__(self, catalog: Catalog, projects: Projects, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._projects = projects
        self._clock = clock

    def table(self, actor: Actor, entity: str, project: str, query: RunQuery) -> RunTable:
        """Give the first ``limit`` (at most MAX_IDS) runs that match, as columns.

        Raises:
            InvalidValue: the query says where it can't be understood.
            NotFound: there is no such project, or it isn't the actor's.
        """
        selection = self._selection(query)
        ref = self._projects.find(actor, entity, project)
        self._catalog.search.prepare(ref.id, selection)
        return self._catalog.read(lambda c: self._catalog.search.table(c, ref.id, selection))

    def importance(
        self, actor: Actor, entity: str, project: str, target: str, query: RunQuery, keys: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """Rate the parameters of the runs that match: the answer of ``POST …/importance``.

        Args:
            target: the key of the number.
            keys: rated; None: every key of the config that isn't the same everywhere.

        Raises:
            InvalidValue, NotFound: see :meth:`table`.
        """
        parse_key(target)
        if keys is not None and len(keys) > MAX_PARAMETERS:
            raise InvalidValue(f"{len(keys):,} keys; at most {MAX_PARAMETERS} are rated at once")
        ref = self._projects.find(actor, entity, project)
        left_out: list[str] = []
        if keys is None:
            keys = self._catalog.read(lambda c: self._differing(c, ref.id))
            keys, left_out = keys[:MAX_PARAMETERS], keys[MAX_PARAMETERS:]
        keys = [key for key in dict.fromkeys(keys) if str(parse_key(key)) != str(parse_key(target))]
        table = self.table(actor, entity, project, replace(query, columns=[*keys, target], limit=MAX_IDS))
        columns = {key: table.columns[str(parse_key(key))] for key in keys}
        rating = rate_parameters(columns, table.columns[str(parse_key(target))])
        return {
            "target": target,
            "matched": table.matched,
            "runs": rating.runs,
            "too_few": rating.runs < MIN_RUNS,
            "explained": rating.explained,
            "parameters": [asdict(parameter) for parameter in rating.parameters],
            "left_out": left_out,
        }

    def _differing(self, c: Connection, project_id: int) -> list[str]:
        known = self._catalog.document_keys.list(c, project_id)["columns"]
        config = [column for column in known if column["key"].startswith("config.") and column["differs"]]
        return [column["key"] for column in sorted(config, key=lambda column: -column["runs"])]

    def _selection(self, query: RunQuery) -> Selection:
        if query.limit > MAX_IDS:
            raise InvalidValue(f"limit is {shorten(query.limit)}; at most {MAX_IDS:,} runs are given at once")
        return replace(select_runs(query, self._clock()), limit=query.limit)
