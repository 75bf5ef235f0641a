"""Chart specifications of users in the catalog."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, func, select

from runwell.server.stores.records import ChartRecord

from .documents import clean_text, insert_if_absent
from .tables import custom_chart, entity

_CHART = select(
    custom_chart.c.id,
    custom_chart.c.entity_id,
    entity.c.name.label("entity"),
    custom_chart.c.name,
    custom_chart.c.display_name,
    custom_chart.c.kind,
    custom_chart.c.access,
    custom_chart.c.spec,
    custom_chart.c.updated_at,
).join(entity, entity.c.id == custom_chart.c.entity_id)


class ChartRows:
    """Rows of table ``custom_chart``."""

    def put(
        self, c: Connection, entity_id: int, name: str, display_name: str, kind: str, access: str, spec: str, now: float
    ) -> int:
        """Keep a specification; one of the same name is replaced. Return its id in the catalog."""
        values = {
            "display_name": clean_text(display_name),
            "kind": kind,
            "access": access,
            "spec": clean_text(spec),
            "updated_at": now,
        }
        chosen = (custom_chart.c.entity_id == entity_id) & (custom_chart.c.name == name)
        insert_if_absent(c, custom_chart, {"entity_id": entity_id, "name": name, "created_at": now, **values})
        c.execute(custom_chart.update().where(chosen).values(**values))
        return c.execute(select(custom_chart.c.id).where(chosen)).scalar_one()

    def find(self, c: Connection, entity_name: str, name: str) -> ChartRecord | None:
        """Find a specification."""
        row = c.execute(_CHART.where(entity.c.name == entity_name, custom_chart.c.name == name)).first()
        return ChartRecord(*row) if row else None

    def count(self, c: Connection, entity_id: int) -> int:
        """Count an entity's specifications."""
        return c.execute(select(func.count()).where(custom_chart.c.entity_id == entity_id)).scalar_one()

    def list(self, c: Connection, entity_ids: Iterable[int] | None, limit: int) -> list[ChartRecord]:
        """List the specifications of these entities (None: of all) and the public ones, by entity and name."""
        chosen = _CHART.order_by(entity.c.name, custom_chart.c.name).limit(limit)
        if entity_ids is not None:
            chosen = chosen.where(custom_chart.c.entity_id.in_(list(entity_ids)) | (custom_chart.c.access == "public"))
        return [ChartRecord(*row) for row in c.execute(chosen)]
