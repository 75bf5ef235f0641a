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
from runwell.wire.foreign import is_a, items_of, path_of
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
    "save_code": (None, ("SAVE_CODE",)),
    "disable_git": (False, ("DISABLE_GIT",)),
}
_BOOLEANS = frozenset({"silent", "quiet", "symlink", "allow_val_change", "save_code", "disable_git"})
# What text from files and the environment may be; elsewhere ``init`` checks what it is given.
_TRUE = ("1", "true", "yes", "on", "y", "t")
_FALSE = ("0", "false", "no", "off", "n", "f", "")
_CHOICES = {
    "mode": (*MODES, "dryrun", "run"),
    "resume": ("allow", "must", "never", "auto", "true", "false", "1", "0"),
    "console": ("auto", "wrap", "redirect", "off"),
    "capture": ("full", "minimal"),
    "reinit": ("default", "return_previous", "finish_previous", "create_new", "true", "false", "1", "0"),
}
_OFFICIAL = {"console": ("wrap_raw", "wrap_emu")}  # taken for "wrap": of what it wraps, ours has one form
_ALIASES = {
    "dir": "root_dir",
    "id": "run_id",
    "name": "run_name",
    "notes": "run_notes",
    "tags": "run_tags",
    "group": "run_group",
    "job_type": "run_job_type",
}


_OWN = ("_given", "_unknown", "_complaints")


class Settings:
    """What a run was told, or has found, about how to behave.

    Args:
        fields: any of ``base_url``, ``entity``, ``project``, ``run_id``, ``run_name``, ``run_notes``, ``run_tags``,
            ``run_group``, ``run_job_type``, ``mode``, ``resume``, ``reinit``, ``root_dir``, ``console`` ("auto",
            "wrap", "redirect" or "off"), ``silent``, ``quiet``, ``capture`` ("full" or "minimal"), ``config_paths``,
            ``finish_timeout`` (seconds), ``allow_val_change``, ``program``, ``host``, ``symlink``, ``save_code``,
            ``disable_git``. The official client's other fields are accepted and have no effect.
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
        self._complaints: list[str] = []
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
        if name.startswith("__") or name in _OWN:
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
        if name in _OWN:
            object.__setattr__(self, name, value)
        else:
            self.update(**{name: value})

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    @property
    def complaints(self) -> tuple[str, ...]:
        """What files and the environment say that can't be followed, a sentence each."""
        return tuple(self._complaints)

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

    Returns:
        The settings; ``complaints`` has what files and the environment say in vain.

    Raises:
        UsageError: a mode (in code) or a base URL that can't be one.
    """
    settings = Settings()
    for path in (_user_file(), _project_file()):
        settings.update(**_usable({f"{name} in {path}": (name, v) for name, v in _read_file(path).items()}, settings))
    settings.update(**_usable(_from_environment(os.environ), settings))
    if isinstance(given, Settings):
        settings.update(**given._given, **given._unknown)
    elif isinstance(given, Mapping):
        settings.update(**{str(k): v for k, v in given.items()})
    elif given is not None:
        raise UsageError(f"settings must be a runwell.Settings or a mapping, not {shorten(given)}")
    settings.update(**arguments)
    return settings


def _usable(found: Mapping[str, tuple[str, Any]], settings: Settings) -> dict[str, Any]:
    """Give the fields whose values can be followed; the others become complaints.

    Args:
        found: by what it is called where it was found: the field and its value.
        settings: takes the complaints.
    """
    usable: dict[str, Any] = {}
    for source, (given_name, value) in found.items():
        name = _ALIASES.get(given_name, given_name)
        if name not in _FIELDS:
            from difflib import get_close_matches

            close = get_close_matches(given_name, [*_FIELDS, *_ALIASES], 1)
            hint = f"; did you mean {close[0]}?" if close else f"; settings are {', '.join(_FIELDS)}"
            settings._complaints.append(f"setting {source} isn't known{hint}")
            continue
        accepted = _accepted(name, value)
        if accepted:
            settings._complaints.append(f"{source} is {shorten(value)}, which is none of {accepted}; it has no effect")
            continue
        usable[name] = value
    return usable


def _accepted(name: str, value: Any) -> str:
    """Give what a field takes if a value from a file or the environment isn't that, else ""."""
    text = str(value).strip().lower()
    if name == "finish_timeout":
        try:
            return "" if float(value) >= 0 else "the numbers of seconds from 0"
        except (TypeError, ValueError):
            return "the numbers of seconds from 0"
    if name in _BOOLEANS:
        return "" if text in (*_TRUE, *_FALSE) else "true, false"
    choices = _CHOICES.get(name)
    if choices is None or text in choices or text in _OFFICIAL.get(name, ()):
        return ""
    return ", ".join(choices)


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[str, Any]]:
    found: dict[str, tuple[str, Any]] = {}
    for field, (_, names) in _FIELDS.items():
        for name in names:
            variable = f"RUNWELL_{name}"
            if variable not in environ and name not in _NEVER_FROM_WANDB:
                variable = f"WANDB_{name}"
            if text := environ.get(variable):
                found[variable] = (field, text)
    for name in ("RUNWELL_DISABLED", "WANDB_DISABLED"):
        if _truth(environ.get(name, "")):
            found.pop("RUNWELL_MODE", None)
            found.pop("WANDB_MODE", None)
            found[name] = ("mode", "disabled")
            break
    return found


def _shaped(name: str, value: Any) -> Any:
    if name in _BOOLEANS:
        return _truth(value)
    if name == "mode":
        mode = value.strip().lower() if isinstance(value, str) else value
        mode = {"dryrun": "offline", "run": "online"}.get(mode, mode)
        if mode == "shared":
            raise UsageError("mode 'shared' (one run from many machines) isn't there yet; use group= with a run each")
        if mode not in MODES:
            raise UsageError(f"mode {shorten(value)} is none of {', '.join(MODES)}")
        return mode
    if name == "console":
        console = value.strip().lower() if isinstance(value, str) else value
        console = "wrap" if console in _OFFICIAL["console"] else console
        if console not in _CHOICES["console"]:
            raise UsageError(f"console {shorten(value)} is none of {', '.join(_CHOICES['console'])}")
        return console
    if name == "run_tags":
        return tuple(
            [part.strip() for part in value.split(",") if part.strip()] if is_a(value, str) else items_of(value, "tags")
        )
    if name == "base_url":
        text = str(value).rstrip("/")
        if not text.startswith(("http://", "https://")):
            raise UsageError(f"base_url {shorten(value)} must start with http:// or https://")
        return text
    if name == "root_dir":
        return path_of(value, "dir")
    if name == "finish_timeout":
        try:
            return max(0.0, float(value))
        except (TypeError, ValueError):
            return FINISH_WAIT_S
    return value


def _truth(value: Any) -> bool:
    if isinstance(value, str):
        return value.strip().lower() in _TRUE
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


def _project_file() -> str:
    return "runwell.toml" if _read_file("runwell.toml") else "runwell/settings"


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
