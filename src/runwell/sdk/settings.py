"""Settings, from one place, in one order: code, environment, project file, user file, default.

* code: arguments of ``init`` and ``Settings(...)``; an argument wins over the object
* environment: ``RUNWELL_X``, then ``WANDB_X`` (never for API_KEY, BASE_URL, ENTITY: those would send
  runs or keys to somebody else's server)
* project file: ``runwell.toml``, else ``runwell/settings``, in the current directory
* user file: ``settings`` in the user's config directory

Files hold lines ``name = value``; values are JSON or bare text; section headers and ``#`` comments
are skipped. Fields that nobody here knows are kept aside and break nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from runwell.wire.errors import UsageError, shorten
from runwell.wire.limits import FINISH_WAIT_S

DEFAULT_BASE_URL = "http://127.0.0.1:8080"
MODES = ("online", "offline", "disabled")
_NEVER_FROM_WANDB = frozenset({"API_KEY", "BASE_URL", "ENTITY"})

# field: (default, names of the environment without prefix)
_FIELDS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "base_url": (DEFAULT_BASE_URL, ("BASE_URL",)),
    "entity": (None, ("ENTITY",)),
    "project": (None, ("PROJECT",)),
    "run_id": (None, ("RUN_ID",)),
    "run_name": (None, ("NAME",)),
    "run_notes": (None, ("NOTES",)),
    "run_tags": (None, ("TAGS",)),
    "run_group": (None, ("RUN_GROUP",)),
    "run_job_type": (None, ("JOB_TYPE",)),
    "mode": ("online", ("MODE",)),
    "resume": (None, ("RESUME",)),
    "reinit": (None, ("REINIT",)),
    "root_dir": (".", ("DIR",)),
    "console": ("auto", ("CONSOLE",)),
    "silent": (False, ("SILENT",)),
    "quiet": (False, ("QUIET",)),
    "capture": ("full", ("CAPTURE",)),
    "config_paths": (None, ("CONFIG_PATHS",)),
    "finish_timeout": (FINISH_WAIT_S, ("FINISH_TIMEOUT",)),
    "allow_val_change": (None, ()),
    "program": (None, ("PROGRAM",)),
    "host": (None, ("HOST",)),
    "sweep_id": (None, ("SWEEP_ID",)),
    "symlink": (True, ("SYMLINK",)),
}
_BOOLEANS = frozenset({"silent", "quiet", "symlink", "allow_val_change"})
_ALIASES = {
    "dir": "root_dir",
    "id": "run_id",
    "name": "run_name",
    "notes": "run_notes",
    "tags": "run_tags",
    "group": "run_group",
    "job_type": "run_job_type",
}


class Settings:
    """What a run was told, or has found, about how to behave.

    Args:
        fields: any of ``base_url``, ``entity``, ``project``, ``run_id``, ``run_name``, ``run_notes``, ``run_tags``,
            ``run_group``, ``run_job_type``, ``mode``, ``resume``, ``reinit``, ``root_dir``, ``console`` ("auto" or
            "off"), ``silent``, ``quiet``, ``capture`` ("full" or "minimal"), ``config_paths``,
            ``finish_timeout`` (seconds), ``allow_val_change``, ``program``, ``host``, ``symlink``. The official
            client's other fields are accepted and have no effect.
    """

    # What ``resolve`` always fills in; other fields are read as attributes too.
    base_url: str
    entity: str | None
    project: str | None
    mode: str
    root_dir: str
    console: str
    silent: bool
    quiet: bool
    finish_timeout: float

    def __init__(self, **fields: Any) -> None:
        self._given: dict[str, Any] = {}
        self._unknown: dict[str, Any] = {}
        self.update(**fields)

    def update(self, **fields: Any) -> None:
        """Set fields; None leaves a field as it is."""
        for name, value in fields.items():
            name = _ALIASES.get(name, name)
            if name not in _FIELDS:
                self._unknown[name] = value
            elif value is not None:
                self._given[name] = _shaped(name, value)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name in ("_given", "_unknown"):
            raise AttributeError(name)
        name = _ALIASES.get(name, name)
        if name in self._given:
            return self._given[name]
        if name in _FIELDS:
            return _FIELDS[name][0]
        if name in self._unknown:
            return self._unknown[name]
        raise AttributeError(f"Settings has no field {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("_given", "_unknown"):
            object.__setattr__(self, name, value)
        else:
            self.update(**{name: value})

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def keys(self) -> Iterator[str]:
        """Give the names of all fields."""
        return iter([*_FIELDS, *self._unknown])

    def __iter__(self) -> Iterator[str]:
        return self.keys()

    def __repr__(self) -> str:
        return f"Settings({', '.join(f'{k}={v!r}' for k, v in self._given.items())})"


def resolve(given: Settings | Mapping[str, Any] | None, arguments: Mapping[str, Any]) -> Settings:
    """Combine every source into one object.

    Args:
        given: the ``settings`` argument of ``init``.
        arguments: other arguments of ``init`` by field name; None means not given.

    Raises:
        UsageError: a mode or a base URL that can't be one.
    """
    settings = Settings()
    settings.update(**_read_file(_user_file()))
    settings.update(**_read_project_file())
    settings.update(**_from_environment(os.environ))
    if isinstance(given, Settings):
        settings.update(**given._given, **given._unknown)
    elif isinstance(given, Mapping):
        settings.update(**{str(k): v for k, v in given.items()})
    elif given is not None:
        raise UsageError(f"settings must be a runwell.Settings or a mapping, not {shorten(given)}")
    settings.update(**arguments)
    return settings


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field, (_, names) in _FIELDS.items():
        for name in names:
            text = environ.get(f"RUNWELL_{name}")
            if text is None and name not in _NEVER_FROM_WANDB:
                text = environ.get(f"WANDB_{name}")
            if text:
                found[field] = text
    for name in ("RUNWELL_DISABLED", "WANDB_DISABLED"):
        if _truth(environ.get(name, "")):
            found["mode"] = "disabled"
            break
    return found


def _shaped(name: str, value: Any) -> Any:
    if name in _BOOLEANS:
        return _truth(value)
    if name == "mode":
        mode = {"dryrun": "offline", "run": "online"}.get(value, value)
        if mode == "shared":
            raise UsageError("mode 'shared' (one run from many machines) isn't there yet; use group= with a run each")
        if mode not in MODES:
            raise UsageError(f"mode {shorten(value)} is none of {', '.join(MODES)}")
        return mode
    if name == "run_tags":
        return (
            tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else tuple(value)
        )
    if name == "base_url":
        text = str(value).rstrip("/")
        if not text.startswith(("http://", "https://")):
            raise UsageError(f"base_url {shorten(value)} must start with http:// or https://")
        return text
    if name == "root_dir":
        return os.fspath(value)
    if name == "finish_timeout":
        try:
            return max(0.0, float(value))
        except (TypeError, ValueError):
            return FINISH_WAIT_S
    return value


def _truth(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in ("1", "true", "yes", "on", "y", "t")
    return bool(value)


def _user_file() -> str:
    return os.path.join(config_dir(), "settings")


def config_dir() -> str:
    """Give the directory of the user's settings and credentials; it may not exist."""
    override = os.environ.get("RUNWELL_CONFIG_DIR")
    if override:
        return override
    import sys

    if sys.platform.startswith("linux"):  # what platformdirs says, without importing it in every training process
        base = os.environ.get("XDG_CONFIG_HOME") or os.path.join(os.path.expanduser("~"), ".config")
        return os.path.join(base, "runwell")
    from platformdirs import user_config_dir

    return user_config_dir("runwell")


def _read_project_file() -> dict[str, Any]:
    return _read_file("runwell.toml") or _read_file("runwell/settings")


def _read_file(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read(1024 * 1024)
    except (OSError, ValueError):
        return {}
    found: dict[str, Any] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        name = name.strip()
        if not equals or not name or name.startswith(("#", ";", "[")):
            continue
        value = value.strip()
        if not value.startswith(('"', "'", "[")):
            value = value.split(" #", 1)[0].strip()
        try:
            found[name] = orjson.loads(value)
        except ValueError:
            found[name] = value.strip("'")
    return found
