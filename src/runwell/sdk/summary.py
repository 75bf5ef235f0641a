"""``run.summary``: the values that stand for a run, read and set like a mapping.

What rows and define_metric rules make of them is ``wire.summary.SummaryFold``; what the user sets wins.
Nested keys are dotted: ``summary["a"]["b"]`` and ``summary["a.b"]`` are one thing.
"""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any

from runwell.wire.errors import InvalidValue, UsageError, kind_of
from runwell.wire.foreign import is_a
from runwell.wire.numbers import flatten
from runwell.wire.summary import SummaryFold

from .values import TakeMedia, Tally, plain_level

_OWN = ("_fold", "_record", "_media", "_tell", "_prefix")


class Summary:
    """A view of the fold; a nested level is a view with a prefix.

    Args:
        fold: the values.
        record: takes {dotted key: JSON-like value} that the user set, and the dotted keys he removed; leaves out of the
            former what is too long.
        media: see ``values.TakeMedia``.
        tell: takes what became of the values of one call.
        prefix: "" or the level with its dot.
    """

    def __init__(
        self,
        fold: SummaryFold,
        record: Callable[[dict[str, Any], list[str]], None],
        media: TakeMedia = lambda key, value: None,
        tell: Callable[[Tally], None] = lambda tally: None,
        prefix: str = "",
    ) -> None:
        object.__setattr__(self, "_fold", fold)
        object.__setattr__(self, "_record", record)
        object.__setattr__(self, "_media", media)
        object.__setattr__(self, "_tell", tell)
        object.__setattr__(self, "_prefix", prefix)

    def update(self, values: Mapping[str, Any] | None = None, **more: Any) -> None:
        """Set several keys; mappings are levels. What can't be kept (bytes, objects) is left out, counted, said once.

        Raises:
            UsageError: ``values`` is no mapping.
            InvalidValue: a value is a larger array than a summary takes; the other values are set.
        """
        if values is not None and not (is_a(values, Mapping) or hasattr(type(values), "items")):
            raise UsageError(f"summary.update() takes a mapping of names to values, not a {kind_of(values)}")
        tally = Tally()
        made: dict[str, Any] = {}
        for given in (values, more):
            if given is not None:
                made.update(plain_level(given, self._prefix, tally, self._media_of_value))
        flat = {self._prefix + key: value for key, value in flatten(made).items()}
        if flat:
            self._record(flat, [])
            self._fold.set(flat)
        self._tell(tally)
        if tally.too_large:
            raise InvalidValue("; ".join(tally.too_large[:3]))

    def get(self, key: str, default: Any = None) -> Any:
        """Give a key's value, or the default."""
        try:
            return self[key]
        except KeyError:
            return default

    def keys(self) -> KeysView[str]:
        """Give the keys, nested ones dotted."""
        return self._flat().keys()

    def values(self) -> ValuesView[Any]:
        """Give the values."""
        return self._flat().values()

    def items(self) -> ItemsView[str, Any]:
        """Give pairs of key and value."""
        return self._flat().items()

    def __getitem__(self, key: str) -> Any:
        dotted = f"{self._prefix}{key}"
        values = self._fold.values
        if dotted in values:
            return values[dotted]
        level = f"{dotted}."
        if any(known.startswith(level) for known in list(values)):
            return Summary(self._fold, self._record, self._media, self._tell, level)
        raise KeyError(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delitem__(self, key: str) -> None:
        dotted = f"{self._prefix}{key}"
        doomed = [known for known in self._fold.values if known == dotted or known.startswith(f"{dotted}.")]
        if not doomed:
            raise KeyError(key)
        self._record({}, doomed)
        self._fold.set({}, doomed)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in _OWN:
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"summary has no key {name!r}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self.update({name: value})

    def __contains__(self, key: object) -> bool:
        try:
            self[str(key)]
        except KeyError:
            return False
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(self._flat())

    def __len__(self) -> int:
        return len(self._flat())

    def __repr__(self) -> str:
        return f"Summary({self._flat()!r})"

    def _media_of_value(self, key: str, value: Any) -> tuple[str, dict[str, Any]] | None:
        kept = self._media(key, value)
        return None if kept is None else ("{}", kept[1])  # a summary keeps all under their own names

    def _flat(self) -> dict[str, Any]:
        cut = len(self._prefix)
        return {key[cut:]: value for key, value in self._fold.values.copy().items() if key.startswith(self._prefix)}
