"""What Alembic runs for every step: on the connection it was given, in that connection's transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import create_engine
from sqlalchemy.dialects.postgresql import JSONB

from runwell.server.stores.sql import artifact_tables, metric_tables  # noqa: F401 (their tables join the metadata)
from runwell.server.stores.sql.document_indexes import PREFIX
from runwell.server.stores.sql.tables import metadata


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave out the indexes that the server builds as they are needed."""
    return not (kind == "index" and name is not None and name.startswith(PREFIX))


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write JSONB as the templates import it."""
    return "postgresql.JSONB()" if kind == "type" and isinstance(item, JSONB) else False


def run(connection: Any) -> None:
    """Run the steps on a connection."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        include_name=include_name,
        render_item=render_item,
        compare_type=True,
    )
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:  # somebody writes a new migration
    with create_engine(context.config.get_main_option("sqlalchemy.url") or "").begin() as made:
        run(made)
