"""The current run, and the module-wide names that follow it: ``runwell.run``, ``.config``, ``.summary``, ``.log``.

While a run is current these names are plain attributes of the package, so that ``runwell.log(...)`` costs
no more than ``run.log(...)``. Without one they come from here: ``run`` is None, the others explain.
Names taken before ``init`` (``from runwell import config``) follow the current run too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NoReturn

from runwell.wire.errors import UsageError

if TYPE_CHECKING:
    from .run import Run

_FOLLOWING = (
    "run",
    "config",
    "summary",
    "log",
    "define_metric",
    "save",
    "alert",
    "mark_preempting",
    "watch",
    "unwatch",
    "log_artifact",
    "use_artifact",
    "link_artifact",
    "log_model",
    "use_model",
    "link_model",
)

_current: list[Run] = []
live: list[Run] = []  # every run of this process that hasn't finished


def get() -> Run | None:
    """Give the current run of this process, None without one."""
    return _current[-1] if _current else None


def make_current(run: Run) -> None:
    """Let the module-wide names mean this run."""
    _current[:] = [run]
    package = sys.modules["runwell"]
    for name in _FOLLOWING:
        setattr(package, name, run if name == "run" else getattr(run, name))


def forget(run: Run) -> None:
    """Take a finished run out; the module-wide names mean none if they meant it."""
    if run in live:
        live.remove(run)
    if _current and _current[-1] is run:
        _current.clear()
        package = sys.modules["runwell"]
        for name in _FOLLOWING:
            package.__dict__.pop(name, None)


def _required(name: str) -> Run:
    run = get()
    if run is None:
        raise UsageError(f"call runwell.init() before runwell.{name}: there is no run to take it")
    return run


class BeforeInit:
    """Stands for ``config`` or ``summary`` until there is a run, and then for that run's."""

    def __init__(self, name: str) -> None:
        object.__setattr__(self, "_name", name)

    def _target(self) -> Any:
        return getattr(_required(self._name), self._name)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self._target(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._target(), name, value)

    def __getitem__(self, key: str) -> Any:
        return self._target()[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._target()[key] = value

    def __delitem__(self, key: str) -> None:
        del self._target()[key]

    def __contains__(self, key: object) -> bool:
        return key in self._target()

    def __iter__(self) -> Iterator[str]:
        return iter(self._target())

    def __len__(self) -> int:
        return len(self._target())

    def __repr__(self) -> str:
        return repr(self._target()) if get() else f"<runwell.{self._name}: no run yet, call runwell.init()>"


config = BeforeInit("config")
summary = BeforeInit("summary")


def log(data: Any, step: int | None = None, commit: bool | None = None, sync: bool | None = None) -> None:
    """Record a row in the current run; see ``Run.log``."""
    _required("log").log(data, step, commit, sync)


def define_metric(*arguments: Any, **named: Any) -> Any:
    """Say how a metric is drawn and summarised; see ``Run.define_metric``."""
    return _required("define_metric").define_metric(*arguments, **named)


def save(*arguments: Any, **named: Any) -> Any:
    """Keep files with the current run; see ``Run.save``."""
    return _required("save").save(*arguments, **named)


def restore(*arguments: Any, **named: Any) -> Any:
    """Fetch a file that a run keeps; see ``Run.restore``."""
    return _required("restore").restore(*arguments, **named)


def alert(*arguments: Any, **named: Any) -> None:
    """Send an alert from the current run; see ``Run.alert``."""
    _required("alert").alert(*arguments, **named)


def watch(*arguments: Any, **named: Any) -> None:
    """Record histograms of a model's gradients or parameters; see ``Run.watch``."""
    _required("watch").watch(*arguments, **named)


def unwatch(models: Any = None) -> None:
    """Stop watching models; see ``Run.unwatch``."""
    _required("unwatch").unwatch(models)


def log_artifact(*arguments: Any, **named: Any) -> Any:
    """Log a version of files from the current run; see ``Run.log_artifact``."""
    return _required("log_artifact").log_artifact(*arguments, **named)


def use_artifact(*arguments: Any, **named: Any) -> Any:
    """Say that the current run reads a version, and give it; see ``Run.use_artifact``."""
    return _required("use_artifact").use_artifact(*arguments, **named)


def link_artifact(*arguments: Any, **named: Any) -> Any:
    """Put a version into a portfolio; see ``Run.link_artifact``."""
    return _required("link_artifact").link_artifact(*arguments, **named)


def log_model(*arguments: Any, **named: Any) -> Any:
    """Log a version of a model from the current run; see ``Run.log_model``."""
    return _required("log_model").log_model(*arguments, **named)


def use_model(*arguments: Any, **named: Any) -> Any:
    """Use a model in the current run and fetch it; see ``Run.use_model``."""
    return _required("use_model").use_model(*arguments, **named)


def link_model(*arguments: Any, **named: Any) -> Any:
    """Log a version of a model and put it into a portfolio; see ``Run.link_model``."""
    return _required("link_model").link_model(*arguments, **named)


def mark_preempting() -> None:
    """Say that the machine is about to be taken away; see ``Run.mark_preempting``."""
    _required("mark_preempting").mark_preempting()


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """End the current run; nothing happens without one."""
    run = get()
    if run is not None:
        run.finish(exit_code=exit_code, quiet=quiet)


def refuse(name: str) -> NoReturn:
    """Raise for a name of the official client that this version doesn't have."""
    raise AttributeError(f"runwell has no {name!r} in this version; see the changelog for what is there")
