"""Tables: rows of values and media under named columns, kept as one JSON file.

How a table that is logged again is kept, its ``log_mode`` says: IMMUTABLE once and never changed after, MUTABLE
whole each time, INCREMENTAL the new rows alone, with the paths of the parts before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from runwell.sdk.values import Rejected, Tally, plain
from runwell.wire.errors import UsageError, kind_of, shorten
from runwell.wire.foreign import is_a, items_of, refusing, text_of, unreadable
from runwell.wire.numbers import encode_extended

from .media import Media, media_of

if TYPE_CHECKING:
    from .place import MediaPlace

MAX_ROWS = 200_000  # of one table: what the official client keeps; larger ones are better a file of columns
_MODES = ("IMMUTABLE", "MUTABLE", "INCREMENTAL")
_MAX_GIVEN_ROWS = 50 * MAX_ROWS  # at once: an INCREMENTAL table may hold more rows than one logging keeps
_MAX_TEXT_CHARS = 10_000  # of what an object in a cell says of itself
_DEFAULT_COLUMNS = ("Input", "Output", "Expected")  # the official client's


class Table(Media):
    """Rows under named columns.

    Args:
        columns: their names.
        data: rows, a 2-D array, or a data frame.
        rows: rows, for old scripts.
        dataframe: a data frame; its columns are the table's.
        dtype, optional, allow_mixed_types: accepted for the official client's sake; cells keep the types they have.
        log_mode: IMMUTABLE, MUTABLE or INCREMENTAL.

    Attributes:
        columns: names of the columns.
        data: the rows.

    Raises:
        UsageError: rows of another width than there are columns, or an unknown mode.
    """

    MAX_ROWS = MAX_ROWS
    MAX_ARTIFACT_ROWS = MAX_ROWS

    @refusing("Table")
    def __init__(
        self,
        columns: Sequence[Any] | None = None,
        data: Any = None,
        rows: Any = None,
        dataframe: Any = None,
        dtype: Any = None,
        optional: Any = True,
        allow_mixed_types: bool = False,
        log_mode: str | None = "IMMUTABLE",
    ) -> None:
        if log_mode not in (None, *_MODES):
            raise UsageError(f"log_mode {shorten(log_mode)} is none of {', '.join(_MODES)}")
        self.log_mode = log_mode or "IMMUTABLE"
        frame = dataframe if dataframe is not None else data if hasattr(type(data), "itertuples") else None
        if frame is not None:
            self.columns: list[Any] = [
                name if is_a(name, str, int) else text_of(name) for name in items_of(frame.columns, "columns")
            ]
            given: Any = frame.itertuples(index=False, name=None)
        else:
            given = data if data is not None else rows if rows is not None else ()
            given = _to_list(given) if hasattr(type(given), "tolist") else given
            self.columns = list(_DEFAULT_COLUMNS) if columns is None else items_of(columns, "columns")
        _check_columns(self.columns)
        self.data: list[list[Any]] = []
        for row in items_of(given, "data of a table", text_is_one=False, limit=_MAX_GIVEN_ROWS):
            self.add_data(*items_of(row, "a row of a table", text_is_one=False))
        self._kept: dict[str, Any] | None = None  # what the row keeps of an IMMUTABLE table that was logged
        self._sent_rows = 0
        self._parts: list[str] = []

    def add_data(self, *data: Any) -> None:
        """Add one row: a value for each column.

        Raises:
            UsageError: as many values as columns are needed, or the table was logged and is IMMUTABLE.
        """
        if len(data) != len(self.columns):
            names = ", ".join(map(str, self.columns))
            raise UsageError(f"a row of {len(data)} values for {len(self.columns)} columns ({shorten(names, 200)})")
        self._refuse_if_kept()
        self.data.append(list(data))

    def add_row(self, *row: Any) -> None:
        """Add one row; the older name of :meth:`add_data`."""
        self.add_data(*row)

    @refusing("Table.add_column")
    def add_column(self, name: Any, data: Any, optional: bool = False) -> None:
        """Add a column: a value for each row.

        Raises:
            UsageError: there is such a column, or as many values as rows are needed.
        """
        self._refuse_if_kept()
        values = items_of(data, f"column {shorten(name)}", text_is_one=False, limit=_MAX_GIVEN_ROWS)
        _check_columns([name])
        if name in self.columns:
            raise UsageError(f"the table has a column {shorten(name)} already")
        if len(values) != len(self.data) and self.columns and self.data:
            raise UsageError(f"column {shorten(name)} has {len(values):,} values for {len(self.data):,} rows")
        if not self.data:
            self.data = [[None] * len(self.columns) for _ in values]
        self.columns.append(name)
        for row, value in zip(self.data, values, strict=True):
            row.append(value)

    def add_computed_columns(self, fn: Callable[[int, dict[Any, Any]], dict[Any, Any]]) -> None:
        """Add the columns that ``fn(row number, {column: value})`` computes for every row."""
        made: dict[Any, list[Any]] = {}
        for number, row in self.iterrows():
            for name, value in fn(number, dict(zip(self.columns, row, strict=True))).items():
                made.setdefault(name, []).append(value)
        for name, values in made.items():
            self.add_column(name, values)

    def get_column(self, name: Any, convert_to: str | None = None) -> Any:
        """Give a column's values, as a list or (``convert_to="numpy"``) an array.

        Raises:
            UsageError: there is no such column.
        """
        if name not in self.columns:
            raise UsageError(f"the table has no column {shorten(name)}; it has {shorten(self.columns, 200)}")
        place = self.columns.index(name)
        values = [row[place] for row in self.data]
        if convert_to == "numpy":
            import numpy as np

            return np.array(values)
        return values

    def get_index(self) -> list[int]:
        """Give the row numbers."""
        return list(range(len(self.data)))

    def get_dataframe(self) -> Any:
        """Give the table as a pandas data frame."""
        import pandas as pd  # type: ignore[import-not-found]

        return pd.DataFrame(self.data, columns=self.columns)

    def iterrows(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield row numbers and rows."""
        yield from enumerate(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write the rows (of an INCREMENTAL table the new ones) and the media in their cells."""
        if self._kept is not None and self.log_mode == "IMMUTABLE":
            return self._kept
        begin = self._sent_rows if self.log_mode == "INCREMENTAL" else 0
        rows = self.data[begin : begin + MAX_ROWS]
        if len(self.data) - begin > MAX_ROWS:
            raise Rejected("table rows", f"a table of {len(self.data) - begin:,} rows; at most {MAX_ROWS:,} are kept")
        tally = self.tally = Tally()
        document = {
            "columns": [text_of(name) for name in self.columns],
            "data": [[_cell(value, place, tally) for value in row] for row in rows],
        }
        made = place.put("table", "table.json", encode_extended(document))
        row: dict[str, Any] = {"_type": "table-file", **made, "ncols": len(self.columns), "nrows": len(self.data)}
        row["log_mode"] = self.log_mode
        if self.log_mode == "INCREMENTAL":
            row["_type"] = "incremental-table-file"
            row["increment_num"] = len(self._parts)
            row["previous_increments_paths"] = list(self._parts)
            self._parts.append(made["path"])
            self._sent_rows = len(self.data)
        self._kept = row
        return row

    def _refuse_if_kept(self) -> None:
        if self.log_mode == "IMMUTABLE" and getattr(self, "_kept", None) is not None:
            raise UsageError('this table was logged and is IMMUTABLE; make it Table(…, log_mode="MUTABLE") to go on')


def _check_columns(columns: list[Any]) -> None:
    for name in columns:
        if not is_a(name, str, int):
            raise UsageError(f"column {shorten(name)} is a {kind_of(name)}; columns are named by text or numbers")
    if len(set(map(text_of, columns))) != len(columns):
        raise UsageError(f"two columns have one name: {shorten(columns, 200)}")


def _to_list(array: Any) -> Any:
    try:
        return array.tolist()
    except Exception as error:
        raise UsageError(f"data of a table: {unreadable(array, error)}") from None


def _cell(value: Any, place: MediaPlace, tally: Tally) -> Any:
    """Make a cell JSON-like; one that is no value is shown as the text it has, one that can't be read is named."""
    try:
        found = media_of(value)
        if isinstance(found, Media):
            return found.to_row(place)
        if found:
            return type(found[0]).group_to_row(found, place)
        try:
            return plain(value, tally)
        except Rejected:
            return text_of(str(value), _MAX_TEXT_CHARS)
    except Exception as error:
        tally.cutter(f"a cell of {place.key}")(unreadable(value, error))
        return f"<{kind_of(value)}>"
