"""Custom charts: specifications kept and found, and which charts a run drew with them.

The client keeps a chart in the run's own config: under ``visualize`` with the columns and texts that fill the
specification in, under ``viz`` with the specification's id alone. Its rows are a table that the run logged.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from runwell.server.stores.records import ChartRecord, RunRecord
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_NAME_CHARS, MAX_PAGE

from .access import Actor, NotFound
from .chart_spec import (
    ChartSpec,
    built_in_charts,
    chosen_fields,
    chosen_strings,
    fill_in,
    placeholders,
    read_spec,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

KIND = "vega2"  # the only kind that the official client names
ACCESS = ("private", "public")
MAX_CHARTS = MAX_PAGE  # specifications of one entity, and charts of one run that are shown
MAX_SETTINGS = 200  # fields, or texts, of one chart
_TABLE_FIELDS = ("summaryTable", "historyTable")


class Charts:
    """Chart specifications, and the charts of runs.

    Args:
        catalog: keeps users' specifications.
        clock: seconds since the epoch.
    """

    def __init__(self, catalog: Catalog, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._clock = clock

    def put(
        self, actor: Actor, entity: str, name: str, spec: str, *, display_name: str, kind: str, access: str
    ) -> ChartSpec:
        """Keep a specification; the entity's one of the same name is replaced.

        Raises:
            InvalidValue: name, kind, access or specification break a rule, or there are too many.
            NotFound, Forbidden: the entity isn't the actor's to write to.
        """
        entity = entity or actor.entity
        name = names.chart_name(name)
        if kind.lower() != KIND:
            raise InvalidValue(f"a chart's type is {KIND!r}, not {shorten(kind)}")
        if access.lower() not in ACCESS:
            raise InvalidValue(f"a chart's access is 'private' or 'public', not {shorten(access)}")
        if len(display_name) > MAX_NAME_CHARS:
            raise InvalidValue(f"the display name has {len(display_name)} characters; at most {MAX_NAME_CHARS}")
        read_spec(spec)

        def work(c: Connection) -> ChartRecord:
            entity_id = self._catalog.accounts.entity_id(c, entity)
            if entity_id is None:
                raise NotFound(f"there is no entity {shorten(entity)}")
            actor.demand_write(entity_id, f"entity {shorten(entity)}")
            charts = self._catalog.charts
            if charts.find(c, entity, name) is None and charts.count(c, entity_id) >= MAX_CHARTS:
                raise InvalidValue(f"{shorten(entity)} has {MAX_CHARTS:,} charts, no more are kept; reuse a name")
            charts.put(c, entity_id, name, display_name, KIND, access.lower(), spec, self._clock())
            found = charts.find(c, entity, name)
            assert found is not None
            return found

        return _spec(self._catalog.write(work))

    def find(self, actor: Actor, chart_id: str) -> ChartSpec:
        """Find a specification by its id: a built-in one, or one of the actor's entities, or a public one.

        Raises:
            NotFound: there is none that he may see.
        """
        known = built_in_charts().get(chart_id)
        if known is not None:
            return known
        found = self._catalog.read(lambda c: self._found(c, actor, chart_id))
        if found is None:
            raise NotFound(f"there is no chart {shorten(chart_id)}")
        return found

    def list(self, actor: Actor) -> list[ChartSpec]:
        """List the specifications that the actor may use, the built-in ones first."""
        mine = None if actor.is_admin else actor.entity_ids
        kept = self._catalog.read(lambda c: self._catalog.charts.list(c, mine, MAX_CHARTS))
        return [*built_in_charts().values(), *map(_spec, kept)]

    def of_run(self, actor: Actor, run: RunRecord) -> list[dict[str, Any]]:
        """Give the charts of a run, in the order of their keys.

        Returns:
            ``Chart`` objects of docs/api.md, their ``table`` as the run's summary has it.

        Raises:
            NotFound: the run isn't the actor's.
        """
        if not actor.may_read(run.entity_id):
            raise NotFound("there is no such run")
        drawn = drawn_charts(run.wandb_config)
        wanted = {chart["chart"] for chart in drawn} - built_in_charts().keys()
        specs = dict(built_in_charts())
        if wanted:
            specs |= self._catalog.read(
                lambda c: {id_: spec for id_ in sorted(wanted) if (spec := self._found(c, actor, id_)) is not None}
            )
        return [_shown(chart, specs.get(chart["chart"]), run.summary.get(chart["table_key"])) for chart in drawn]

    def _found(self, c: Connection, actor: Actor, chart_id: str) -> ChartSpec | None:
        entity, _, name = chart_id.partition("/")
        found = self._catalog.charts.find(c, entity, name) if entity and name else None
        if found is None or not (found.access == "public" or actor.may_read(found.entity_id)):
            return None
        return _spec(found)


def drawn_charts(wandb_config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Read which charts a run's config names; what isn't one is left out.

    Returns:
        By key: ``key``, ``chart`` (the specification's id), ``kind``, ``table_key``, ``fields``, ``strings``.
    """
    found: dict[str, dict[str, Any]] = {}
    for key, said in _items(wandb_config.get("viz")):
        if isinstance(said.get("id"), str):
            settings = said.get("historyFieldSettings")
            table = settings.get("key") if isinstance(settings, dict) else None
            found[key] = {
                "key": key,
                "chart": said["id"],
                "kind": KIND,
                "table_key": table if isinstance(table, str) and table else key,
                "fields": {},
                "strings": {},
            }
    for key, said in _items(wandb_config.get("visualize")):
        panel = said.get("panel_config")
        if isinstance(panel, dict) and isinstance(panel.get("panelDefId"), str):
            found[key] = {
                "key": key,
                "chart": panel["panelDefId"],
                "kind": str(said.get("panel_type") or KIND).lower()[:32],
                "table_key": _table_key(panel.get("userQuery")) or f"{key}_table",
                "fields": _settings(panel.get("fieldSettings")),
                "strings": _settings(panel.get("stringSettings")),
            }
    return [found[key] for key in sorted(found)][:MAX_CHARTS]


def _items(said: Any) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(said, dict):
        return []
    return [(str(key), value) for key, value in said.items() if isinstance(value, dict)]


def _settings(said: Any) -> dict[str, str]:
    if not isinstance(said, dict):
        return {}
    kept = [(str(name), value) for name, value in said.items() if isinstance(value, (str, int, float))]
    return {name: str(value) for name, value in kept[:MAX_SETTINGS]}


def _table_key(query: Any) -> str | None:
    """Find which table a panel's query asks for."""
    waiting = [query]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(reversed(node))
        elif isinstance(node, dict):
            if node.get("name") in _TABLE_FIELDS and isinstance(node.get("args"), list):
                for arg in node["args"]:
                    if isinstance(arg, dict) and arg.get("name") == "tableKey" and isinstance(arg.get("value"), str):
                        return arg["value"]
            waiting.extend(reversed([value for value in node.values() if isinstance(value, (dict, list))]))
    return None


def _shown(chart: dict[str, Any], spec: ChartSpec | None, table: Any) -> dict[str, Any]:
    shown = {**chart, "table": table if isinstance(table, dict) else None, "title": "", "spec": None}
    if spec is not None:
        strings = chosen_strings(spec, chart["strings"])
        shown["title"] = strings.get("title", "")
        shown["fields"] = {**chart["fields"], **chosen_fields(spec, chart["fields"])}
        shown["strings"] = {**chart["strings"], **strings}
        shown["spec"] = fill_in(spec, chart["fields"], chart["strings"])
    return shown


def _spec(record: ChartRecord) -> ChartSpec:
    spec = read_spec(record.spec)
    fields, strings = placeholders(spec)
    return ChartSpec(
        id=f"{record.entity}/{record.name}",
        title=record.display_name or record.name,
        kind=record.kind,
        fields=dict.fromkeys(fields),
        strings=dict.fromkeys(strings, ""),
        spec=spec,
        access=record.access,
    )
