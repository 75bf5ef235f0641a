"""``run.config``: the hyperparameters of a run, set once and read everywhere.

Reads give what the script set; the journal gets JSON-like values. A key may change only with
``allow_val_change=True``, so that a run never claims a setting it wasn't trained with.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from runwell.wire.errors import ConfigError, UsageError, shorten
from runwell.wire.limits import MAX_CONFIG_BYTES, MAX_DEPTH
from runwell.wire.numbers import encode_extended

from .notices import warn_once
from .values import Rejected, Tally, plain

_NAMESPACES = ("Namespace", "SimpleNamespace")  # argparse's and types', which needn't be imported to be known
_OWN = ("_values", "_record", "_free", "_locked", "_size")


class Config:
    """A mapping with attributes: ``config.lr``, ``config["lr"]``, ``config.update(...)``.

    Args:
        record: takes {key: JSON-like value} to write down, and the keys to remove.
        allow_val_change: lets keys change without asking (notebooks, resumed runs).
    """

    def __init__(self, record: Callable[[dict[str, Any], list[str]], None], allow_val_change: bool = False) -> None:
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
        given = read_config(values) if values is not None else {}
        given.update(more)
        self._set(given, allow_val_change)

    def setdefaults(self, values: Any) -> None:
        """Set the keys that aren't set yet."""
        self._set({key: value for key, value in read_config(values).items() if key not in self._values}, None)

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
        self._set({key: value}, None)

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
        self._set({name: value}, None)

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
        return f"Config({self._values!r})"

    def _set(self, given: Mapping[str, Any], allow_val_change: bool | None) -> None:
        allowed = self._free if allow_val_change is None else allow_val_change
        changed: dict[str, Any] = {}
        for key, value in given.items():
            key = key if type(key) is str else str(key)
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
        if not changed:
            return
        self._record(self._recordable(changed), [])
        self._values.update(changed)

    def _recordable(self, changed: Mapping[str, Any]) -> dict[str, Any]:
        from .capture.secrets import hide_secrets

        kept: dict[str, Any] = {}
        for key, value in changed.items():
            made = hide_secrets(key, plain_config(value, key))
            size = len(encode_extended(made)) + len(key)
            if self._size + size > MAX_CONFIG_BYTES:
                warn_once(
                    "config size",
                    f"config would be larger than {MAX_CONFIG_BYTES >> 20} MiB with {key!r} ({size:,} bytes): that key "
                    "is cut in the record. Save large things as a file",
                )
                made = f"[left out: {size:,} bytes, config takes {MAX_CONFIG_BYTES:,} in all]"
                size = len(made)
            object.__setattr__(self, "_size", self._size + size)
            kept[key] = made
        return kept


def read_config(given: Any) -> dict[str, Any]:
    """Make a dict of whatever stands for a configuration.

    Raises:
        UsageError: it is nothing of the kind, or a file that can't be read.
    """
    if isinstance(given, (str, os.PathLike)):
        return read_config_file(os.fspath(given))
    if isinstance(given, Mapping) or hasattr(given, "keys"):
        return {str(key): given[key] for key in given.keys()}  # noqa: SIM118 -- not every such class iterates by key
    if hasattr(given, "flag_values_dict"):  # absl
        return dict(given.flag_values_dict())
    if hasattr(given, "__dict__") and not isinstance(given, type):
        return {key: value for key, value in vars(given).items() if not key.startswith("_")}
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


def plain_config(value: Any, key: str, above: tuple[int, ...] = ()) -> Any:
    """Make a config value JSON-like; what can't be becomes its text, what holds itself is named."""
    is_namespace = any(kind.__name__ in _NAMESPACES for kind in type(value).__mro__) and hasattr(value, "__dict__")
    if is_namespace or isinstance(value, (Mapping, list, tuple)):
        if id(value) in above:
            return f"[{key} holds itself]"
        if len(above) >= MAX_DEPTH - 1:
            return f"[nested deeper than {MAX_DEPTH} levels]"
        inside = (*above, id(value))
        if is_namespace:
            value = vars(value)
        if isinstance(value, Mapping):
            return {str(k): plain_config(v, f"{key}.{k}", inside) for k, v in value.items()}
        return [plain_config(item, key, inside) for item in value]
    try:
        return plain(value, Tally())
    except Rejected:
        pass
    except Exception:
        return f"<{type(value).__name__}>"
    try:
        text = str(value)
    except Exception:
        return f"<{type(value).__name__}>"
    return text if len(text) <= 10_000 else f"{text[:10_000]}…"


def _same(old: Any, new: Any) -> bool:
    if old is new:
        return True
    try:
        return bool(old == new) and isinstance(old, bool) == isinstance(new, bool)
    except Exception:
        return False  # arrays and such don't say
