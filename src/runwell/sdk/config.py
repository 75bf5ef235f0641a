"""``run.config``: the hyperparameters of a run, set once and read everywhere.

Reads give what the script set; the journal gets JSON-like values. A key may change only with
``allow_val_change=True``, so that a run never claims a setting it wasn't trained with.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from runwell.wire.errors import ConfigError, UsageError, shorten
from runwell.wire.foreign import is_a, pairs_of, path_of, plain_document, text_of, unreadable
from runwell.wire.limits import MAX_CONFIG_BYTES
from runwell.wire.numbers import encode_extended

from .values import Rejected, Tally, plain

_MAX_TEXT_CHARS = 10_000  # of what an object says of itself
_OWN = ("_values", "_record", "_free", "_locked", "_size", "_tell")


class Config:
    """A mapping with attributes: ``config.lr``, ``config["lr"]``, ``config.update(...)``.

    Args:
        record: takes {key: JSON-like value} to write down, and the keys to remove.
        allow_val_change: lets keys change without asking (notebooks, resumed runs).
        tell: takes what became of the values of one call.
    """

    def __init__(
        self,
        record: Callable[[dict[str, Any], list[str]], None],
        allow_val_change: bool = False,
        tell: Callable[[Tally], None] = lambda tally: None,
    ) -> None:
        object.__setattr__(self, "_tell", tell)
        object.__setattr__(self, "_values", {})
        object.__setattr__(self, "_record", record)
        object.__setattr__(self, "_free", allow_val_change)
        object.__setattr__(self, "_locked", frozenset())
        object.__setattr__(self, "_size", 0)

    def update(self, values: Any = None, allow_val_change: bool | None = None, **more: Any) -> None:
        """Set several keys.

        Args:
            values: a mapping, argparse Namespace, absl flags, dataclass, or the path of a YAML file.
            allow_val_change: lets keys that have another value change.
            more: further keys.

        Raises:
            ConfigError: a key has another value and may not change; nothing is set then.
        """
        tally = Tally()
        given = read_config(values, tally) if values is not None else {}
        given.update(more)
        self._set(given, allow_val_change, tally)

    def setdefaults(self, values: Any) -> None:
        """Set the keys that aren't set yet."""
        tally = Tally()
        given = read_config(values, tally)
        self._set({key: value for key, value in given.items() if key not in self._values}, None, tally)

    def as_dict(self) -> dict[str, Any]:
        """Give a copy as a dict."""
        return dict(self._values)

    def get(self, key: str, default: Any = None) -> Any:
        """Give a key's value, or the default."""
        return self._values.get(key, default)

    def keys(self) -> Any:
        """Give the keys."""
        return self._values.keys()

    def values(self) -> Any:
        """Give the values."""
        return self._values.values()

    def items(self) -> Any:
        """Give pairs of key and value."""
        return self._values.items()

    def restore(self, values: Mapping[str, Any]) -> None:
        """Take over what earlier processes of a resumed run recorded; nothing is written."""
        self._values.update(values)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._set({key: value}, None, Tally())

    def __delitem__(self, key: str) -> None:
        if key not in self._values:
            raise KeyError(key)
        self._record({}, [key])
        del self._values[key]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in _OWN:
            raise AttributeError(name)
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(
                f"config has no key {name!r}; it has {shorten(sorted(map(str, self._values)), 200)}"
            ) from None

    def __setattr__(self, name: str, value: Any) -> None:
        self._set({name: value}, None, Tally())

    def __delattr__(self, name: str) -> None:
        if name not in self._values:
            raise AttributeError(f"config has no key {name!r}")
        del self[name]

    def __contains__(self, key: object) -> bool:
        return key in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"Config({{{', '.join(f'{key!r}: {shorten(value, 200)}' for key, value in self._values.items())}}})"

    def _set(self, given: Mapping[str, Any], allow_val_change: bool | None, tally: Tally) -> None:
        allowed = self._free if allow_val_change is None else allow_val_change
        changed: dict[str, Any] = {}
        for key, value in given.items():
            key = key if type(key) is str else text_of(key)
            if key in self._values:
                old = self._values[key]
                if _same(old, value):
                    continue
                if not allowed:
                    raise ConfigError(
                        f"config key {key!r} is {shorten(old)} and was to become {shorten(value)}. If that is meant, "
                        f"call config.update({{{key!r}: …}}, allow_val_change=True)"
                    )
            changed[key] = value
        if changed:
            self._record(self._recordable(changed, tally), [])
            self._values.update(changed)
        self._tell(tally)

    def _recordable(self, changed: Mapping[str, Any], tally: Tally) -> dict[str, Any]:
        from .capture.secrets import hide_secrets

        kept: dict[str, Any] = {}
        for key, value in changed.items():
            made = hide_secrets(key, plain_config(value, key, tally))
            size = len(encode_extended(made)) + len(key)
            if self._size + size > MAX_CONFIG_BYTES:
                why = f"config would be larger than {MAX_CONFIG_BYTES >> 20} MiB with it ({size:,} bytes)"
                tally.rejected.append((key, Rejected("config size", f"{why}. Save large things as a file")))
                made = f"[left out: {size:,} bytes, config takes {MAX_CONFIG_BYTES:,} in all]"
                size = len(made)
            object.__setattr__(self, "_size", self._size + size)
            kept[key] = made
        return kept


def read_config(given: Any, tally: Tally) -> dict[str, Any]:
    """Make a dict of whatever stands for a configuration, leaving out what can't be read.

    Args:
        given: see ``Config.update``.
        tally: takes what was left out.

    Raises:
        UsageError: it is nothing of the kind, or a file that can't be read.
    """
    if is_a(given, str, os.PathLike):
        return read_config_file(path_of(given, "config"))
    try:
        if is_a(given, Mapping) or hasattr(given, "keys"):
            return {text_of(key): value for key, value in pairs_of(given, tally.cutter("the rest of config"))}
        if hasattr(given, "flag_values_dict"):  # absl
            return dict(given.flag_values_dict())
        if hasattr(given, "__dict__") and not is_a(given, type):
            return {text_of(key): value for key, value in vars(given).items() if not text_of(key).startswith("_")}
    except Exception as error:
        tally.cutter("config")(unreadable(given, error))
        return {}
    raise UsageError(f"config must be a mapping, a namespace or the path of a YAML file, not {shorten(given)}")


def read_config_file(path: str) -> dict[str, Any]:
    """Read a YAML (or JSON) file of keys; the form ``key: {desc: …, value: …}`` gives the values.

    Raises:
        UsageError: it can't be read, or isn't a mapping.
    """
    import yaml

    try:
        with open(path, encoding="utf-8") as file:
            read = yaml.safe_load(file)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UsageError(f"config file {path} can't be read: {shorten(str(error), 200)}") from None
    if read is None:
        return {}
    if not isinstance(read, dict):
        raise UsageError(f"config file {path} holds a {type(read).__name__}, not a mapping of keys to values")
    found = {}
    for key, value in read.items():
        if str(key) == "wandb_version":
            continue
        is_described = isinstance(value, dict) and "value" in value and set(value) <= {"value", "desc"}
        found[str(key)] = value["value"] if is_described else value
    return found


def plain_config(value: Any, key: str, tally: Tally) -> Any:
    """Make a config value JSON-like; what can't be becomes its text, what holds itself or can't be read is named."""

    def leaf(value: Any) -> Any:
        try:
            return plain(value, tally)
        except Rejected:
            tally.coerced += 1
            return text_of(str(value), _MAX_TEXT_CHARS)

    return plain_document(value, key, leaf, tally.cutter(key))


def _same(old: Any, new: Any) -> bool:
    if old is new:
        return True
    try:
        return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)
    except Exception:
        return False  # arrays and such don't say
