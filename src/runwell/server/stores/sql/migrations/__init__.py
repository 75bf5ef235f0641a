"""The catalog's schema through time; ``schema.migrate`` walks it."""

from typing import Any


def __getattr__(name: str) -> Any:
    if name in ("migrate", "SchemaTooNew"):
        from runwell.server.stores.sql import schema

        return getattr(schema, name)
    raise AttributeError(name)
