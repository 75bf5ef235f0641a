"""Custom charts: a table, the specification that draws it, and which column is which.

The row keeps the table; which specification draws it is a fact of the run, as the official client has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runwell.wire.errors import UsageError, kind_of, shorten
from runwell.wire.foreign import is_a, mapping_of, refusing, text_of

from .table import Table

TABLE_NAME = "{}_table"
SPLIT_TABLE_NAME = "Custom Chart Tables/{}_table"


class CustomChart:
    """A chart of a table.

    Args:
        table: what it draws.
        spec: the specification's id: a built-in one (``wandb/line/v0``) or ``entity/name``.
        fields: field of the specification → column.
        strings: text of the specification → text.
        split_table: show the table in a section of its own.
    """

    @refusing("plot.plot_table")
    def __init__(
        self,
        table: Table,
        spec: str,
        fields: Mapping[str, Any],
        strings: Mapping[str, Any] | None = None,
        split_table: bool = False,
    ) -> None:
        if not isinstance(table, Table):
            raise UsageError(f"a chart draws a Table, not a {kind_of(table)} ({shorten(table)})")
        self.table = table
        self.spec = text_of(spec)
        self.fields = {text_of(name): _plain(column) for name, column in mapping_of(fields, "fields").items()}
        self.strings = {text_of(name): _plain(text) for name, text in mapping_of(strings, "string_fields").items()}
        self.row_name = SPLIT_TABLE_NAME if split_table else TABLE_NAME

    def fact(self, key: str) -> dict[str, Any]:
        """Give the journal's ``chart`` record of this chart logged as ``key``."""
        table = self.row_name.format(key)
        return {"key": key, "spec": self.spec, "fields": self.fields, "strings": self.strings, "table": table}


def _plain(value: Any) -> Any:
    return value if value is None or is_a(value, str, int, float) else text_of(value)
