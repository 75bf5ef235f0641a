"""Turns what a script logs into JSON-like data: numbers, text, lists, mappings; arrays by duck type.

numpy, torch, jax, pandas and others are recognised by what they can do (``tolist``, ``item``,
``__float__``), never imported. What a value becomes:

* bool, int, float, text, None: themselves, NaN and the infinities included; integers have at most 400 digits
* array scalars and arrays of one item: the number; arrays of up to 10,000 items: lists; larger ones are refused
* mappings: mappings (keys that are numbers become text); tuples, sets: lists
* media (pictures, tables, figures …), alone or in lists of one kind: their bytes become files, see ``media``
* what pandas calls missing (``NA``, ``NaT``): None
* datetimes: ISO text; enums: their value; paths: text; Decimal, Fraction: float
* anything else (bytes, complex, objects) is rejected, and the other values of the row are kept
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum
from typing import Any, NoReturn

from runwell.wire import names
from runwell.wire.errors import InvalidValue, UsageError, kind_of, shorten
from runwell.wire.foreign import pairs_of, unreadable
from runwell.wire.limits import MAX_DEPTH, MAX_INT_DIGITS, MAX_ROW_KEYS, MAX_RUN_KEYS, MAX_SCALAR_ARRAY_ITEMS, MAX_STEP
from runwell.wire.rows import OWN_KEYS

SCALARS = frozenset((float, int, bool, str, type(None)))
# The plain value of a subclass of these, whatever it makes of its own ``__str__`` or ``__float__``.
_EXACT: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (bool, bool),
    (int, int.__int__),
    (float, float.__float__),
    (str, str.__str__),
)
_MISSING = ("NAType", "NaTType")  # what pandas puts where a value is missing
_MAX_INT_BITS = int(MAX_INT_DIGITS * 3.3219280949)


class Rejected(Exception):
    """A value that can't be kept; ``cause`` is the kind of reason, the text says it about this value."""

    def __init__(self, cause: str, text: str) -> None:
        super().__init__(text)
        self.cause = cause


class TooLarge(Rejected):
    """An array that belongs in a table or a file: the one value that the call itself refuses."""


class Tally:
    """What happened to the values of one call.

    Attributes:
        coerced: values kept in another form than given (array scalars don't count: nothing is lost).
        rejected: (dotted key, reason) of values left out.
        too_large: the messages of arrays refused.
    """

    __slots__ = ("coerced", "rejected", "too_large")

    def __init__(self) -> None:
        self.coerced = 0
        self.rejected: list[tuple[str, Rejected]] = []
        self.too_large: list[str] = []

    def cutter(self, dotted: str) -> Callable[[str], None]:
        """Give what hears of values below a key that can't be read, see ``wire.foreign``."""
        return lambda why: self.rejected.append((dotted, Rejected(f"unreadable {why[:60]}", why)))


class KeyBook:
    """The metric keys that a run has used, so that each is checked once.

    Attributes:
        top: top-level keys of the script that passed and hold plain scalars; a row of these alone takes the fast path.
    """

    def __init__(self) -> None:
        self.top: set[str] = set()
        self._known: set[str] = set()

    def admit(self, dotted: str) -> None:
        """Check a key in dotted form; raises Rejected."""
        if dotted in self._known:
            return
        if len(self._known) >= MAX_RUN_KEYS:
            raise Rejected(
                "keys of a run",
                f"this run has {MAX_RUN_KEYS:,} different keys already; key {shorten(dotted)} is left out. "
                "A number in a key's name belongs into `step` or a value",
            )
        try:
            names.key(dotted)
        except InvalidValue as error:
            what = str(error) if dotted else "a key of the row is the empty text ''"
            raise Rejected("key", f"{what}; its value is left out") from None
        self._known.add(dotted)


TakeMedia = Callable[[str, Any], "tuple[str, dict[str, Any]] | None"]
"""Takes (dotted key, value) and writes the bytes of media. Gives the name that the row keeps it under, ``{}`` standing
for the key, and what it keeps; None: it is no media."""


def plain_row(
    data: Mapping[Any, Any],
    book: KeyBook,
    tally: Tally,
    media: TakeMedia,
) -> dict[str, Any]:
    """Make one row JSON-like, leaving out and tallying what can't be kept; nested as given.

    Args:
        data: key to value.
        book: the keys that were used before.
        tally: takes what became of the values.
        media: see ``TakeMedia``.
    """
    return _plain_mapping(data, "", 0, book, tally, media, [MAX_ROW_KEYS - len(OWN_KEYS)])


def plain_level(data: Mapping[Any, Any], prefix: str, tally: Tally, media: TakeMedia) -> dict[str, Any]:
    """Make a level of the summary JSON-like, as ``plain_row`` does; it may have as many keys as a run.

    Args:
        data: key to value.
        prefix: "" or the level with its dot.
        tally: takes what became of the values.
        media: see ``TakeMedia``.
    """
    return _plain_mapping(data, prefix, 0, KeyBook(), tally, media, [MAX_RUN_KEYS + 1])


def _pairs(data: Mapping[Any, Any], prefix: str, tally: Tally) -> Iterator[tuple[Any, Any]]:
    """Go through a mapping; one whose own methods fail ends there, and what it gave before is kept."""
    what = prefix[:-1] or "the rest of it"
    yield from pairs_of(data, tally.cutter(what))


def _unreadable(value: Any, error: Exception) -> Rejected:
    return Rejected(f"unreadable {kind_of(value)}", unreadable(value, error))


def _plain_mapping(
    data: Mapping[Any, Any],
    prefix: str,
    depth: int,
    book: KeyBook,
    tally: Tally,
    media: TakeMedia,
    room: list[int],
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for given, value in _pairs(data, prefix, tally):
        dotted = prefix
        try:
            key = given if type(given) is str else _text_key(given, tally)
            dotted = prefix + key
            if type(value) in SCALARS:
                _take_room(room, dotted)  # first: a key that finds no room isn't one of the run's
                book.admit(dotted)
                if type(value) is int:
                    _check_int(value)
                row[key] = value
                if not depth and key not in OWN_KEYS:
                    book.top.add(key)
                continue
            nested = _as_mapping(value)
            if nested is None:
                _take_room(room, dotted)  # first: a key that finds no room isn't one of the run's
                book.admit(dotted)
                kept = media(dotted, value)
                if kept is None:
                    row[key] = plain(value, tally, depth)
                else:
                    row[kept[0].format(key)] = kept[1]
            elif depth + 1 >= MAX_DEPTH:
                raise Rejected("depth", f"{shorten(dotted)} is nested deeper than {MAX_DEPTH} levels; it is left out")
            elif nested:
                row[key] = _plain_mapping(nested, f"{dotted}.", depth + 1, book, tally, media, room)
            else:
                book.admit(dotted)
                row[key] = {}
        except TooLarge as error:
            tally.too_large.append(f"{dotted}: {error}")
        except Rejected as error:
            tally.rejected.append((dotted, error))
        except Exception as error:  # a value whose own methods fail
            tally.rejected.append((dotted, _unreadable(value, error)))
    return row


def plain(value: Any, tally: Tally, depth: int = 0) -> Any:
    """Make one value JSON-like.

    Raises:
        Rejected: it can't be kept.
    """
    kind = type(value)
    if kind in SCALARS:
        if kind is int:
            _check_int(value)
        return value
    if depth >= MAX_DEPTH:
        raise Rejected("depth", f"nested deeper than {MAX_DEPTH} levels (or in itself)")
    if isinstance(value, Enum):
        tally.coerced += 1
        return plain(value.value, tally, depth + 1)
    array = _as_array(value)
    if array is not None:
        return _plain_array(value, *array, tally, depth)
    for base, exact in _EXACT:
        if isinstance(value, base):
            return plain(exact(value), tally, depth)
    nested = _as_mapping(value)
    if nested is not None:
        below = pairs_of(nested, _refuse_unread)
        return {(k if type(k) is str else _text_key(k, tally)): plain(v, tally, depth + 1) for k, v in below}
    if isinstance(value, (list, tuple)):
        _check_length(len(value), kind)
        return [plain(item, tally, depth + 1) for item in value]
    return _coerce(value, tally, depth)


def _refuse_unread(why: str) -> NoReturn:
    raise Rejected(f"unreadable {why[:60]}", why)


def plain_step(step: Any) -> int:
    """Read a step: an integer, or what equals one exactly (a numpy integer, a 0-d tensor, 3.0).

    Raises:
        InvalidValue: it is none, or out of range.
        UsageError: it is True or False.
    """
    number: Any = step
    if type(step) is not int:
        try:
            if isinstance(step, str):
                raise TypeError
            item = getattr(step, "item", None)
            number = item() if item is not None else step
            if isinstance(number, bool):
                raise UsageError(f"step must be a whole number, not {number}; was commit={number} meant?")
            if int(number) != number:
                raise TypeError
            number = int(number)
        except UsageError:
            raise
        except Exception:
            raise InvalidValue(f"step must be a whole number, not {kind_of(step)} {shorten(step)}") from None
    if not 0 <= number <= MAX_STEP:
        raise InvalidValue(f"step {shorten(number)} is out of range; steps go from 0 to {MAX_STEP:,}")
    return number


def _text_key(key: Any, tally: Tally) -> str:
    if isinstance(key, str):
        return str.__str__(key)
    if isinstance(key, (int, float)) or hasattr(key, "__index__"):
        tally.coerced += 1
        return str(key)
    raise Rejected("key type", f"key {shorten(key)} is a {kind_of(key)}; keys are text, so its value is left out")


def _take_room(room: list[int], dotted: str) -> None:
    if room[0] <= 0:
        raise Rejected(
            "keys of a row",
            f"a row holds at most {MAX_ROW_KEYS:,} keys, {len(OWN_KEYS)} of them its own; {shorten(dotted)} and those "
            "after it are left out",
        )
    room[0] -= 1


def _check_int(value: int) -> None:
    if value.bit_length() > _MAX_INT_BITS:
        raise Rejected("huge integer", f"an integer of more than {MAX_INT_DIGITS} digits; it is left out")


def _check_length(n: int, kind: type) -> None:
    if n > MAX_SCALAR_ARRAY_ITEMS:
        raise TooLarge(
            "array",
            f"a {kind_of(kind, itself=True)} of {n:,} items is too large for a row, which takes arrays of at most "
            f"{MAX_SCALAR_ARRAY_ITEMS:,}; log a statistic of it, or save it as a file",
        )


def _as_mapping(value: Any) -> Mapping[Any, Any] | None:
    if type(value) is dict:
        return value
    if isinstance(value, Mapping):
        return value
    return None


def _as_array(value: Any) -> tuple[int, Callable[[], Any]] | None:
    """Tell the item count and the way to plain data of an array, tensor, array scalar or series."""
    kind = type(value)
    if hasattr(kind, "tolist") and (hasattr(kind, "dtype") or hasattr(value, "itemsize")):
        numel = getattr(value, "numel", None)
        size: Any = numel() if callable(numel) else getattr(value, "size", None)
        if size is None:
            size = len(value)
        return int(size), value.tolist
    if hasattr(kind, "numpy") and hasattr(kind, "dtype"):  # TensorFlow
        made = value.numpy()
        return int(getattr(made, "size", 1)), getattr(made, "tolist", lambda: made)
    return None


def _plain_array(value: Any, size: int, tolist: Callable[[], Any], tally: Tally, depth: int) -> Any:
    _check_length(size, type(value))
    made: Any = tolist()
    if size == 1:
        while isinstance(made, list) and len(made) == 1:
            made = made[0]
    if type(made) is type(value):  # numpy's longdouble gives itself
        made = float(value)
    return plain(made, tally, depth + 1)


def _coerce(value: Any, tally: Tally, depth: int) -> Any:
    kind = type(value)
    if kind.__name__ in _MISSING and kind.__module__.startswith("pandas."):
        tally.coerced += 1
        return None
    if isinstance(value, (bytes, bytearray, memoryview)):
        raise Rejected("bytes", f"bytes are no value of a row ({len(value):,} of them); decode them, or save a file")
    if isinstance(value, complex):
        raise Rejected("complex", f"{shorten(value)} is complex; log its real and imaginary parts")
    if isinstance(value, (datetime, date, time)):
        tally.coerced += 1
        return value.isoformat()
    if isinstance(value, (set, frozenset, range)):
        _check_length(len(value), kind)
        tally.coerced += 1
        return [plain(item, tally, depth + 1) for item in value]
    if isinstance(value, os.PathLike):
        tally.coerced += 1
        return os.fsdecode(value)
    if hasattr(kind, "__index__"):
        return plain(int(value), tally, depth)
    if hasattr(kind, "__float__"):
        tally.coerced += 1
        return float(value)
    fields = getattr(value, "__dataclass_fields__", None)
    if isinstance(fields, dict) and not isinstance(value, type):
        tally.coerced += 1
        return {name: plain(getattr(value, name), tally, depth + 1) for name in fields}
    raise Rejected(
        f"type {kind_of(kind, itself=True)}",
        f"a {kind_of(kind, itself=True)} ({shorten(value)}) is neither a number, text nor an array of those",
    )
