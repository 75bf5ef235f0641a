"""The functions of the module ``wandb``: each is Runwell's, with what the older client also took."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import runwell
from runwell.sdk import current
from runwell.sdk.init import _ACCEPTED
from runwell.sdk.init import init as begin
from wandb.errors import UnsupportedError
from wandb.errors.term import termwarn

_TAKEN = frozenset(inspect.signature(begin).parameters) | _ACCEPTED


def init(job_type: str | None = None, dir: Any = None, config: Any = None, **options: Any) -> Any:  # noqa: A002
    """Begin a run; see ``runwell.init``. Arguments that nobody knows are said once, and have no effect."""
    from wandb.module import assigned_config

    unknown = sorted(name for name in options if name not in _TAKEN)
    if unknown:
        termwarn(f"init() of Runwell has no {', '.join(unknown)}; without effect", repeat=False)
    given = {name: value for name, value in options.items() if name not in unknown}
    if assigned_config:
        before = assigned_config.pop()
        config = {**_mapping(before), **_mapping(config)}
    run = begin(job_type=job_type, dir=dir, config=config, **given)
    from wandb.run_layout import lay_out

    lay_out(run)
    return run


def _mapping(config: Any) -> Mapping[str, Any]:
    from runwell.sdk.config import read_config
    from runwell.sdk.values import Tally

    return {} if config is None else read_config(config, Tally())


def _of_the_run(name: str) -> Callable[..., Any]:
    def call(*arguments: Any, **named: Any) -> Any:
        run = current.get()
        if run is None:
            raise runwell.UsageError(f"You must call wandb.init() before wandb.{name}()")
        return getattr(run, name)(*arguments, **named)

    call.__name__ = call.__qualname__ = name
    call.__doc__ = f"Call ``{name}`` of the current run."
    return call


log = _of_the_run("log")
save = _of_the_run("save")
restore = _of_the_run("restore")
watch = _of_the_run("watch")
define_metric = _of_the_run("define_metric")
alert = _of_the_run("alert")
mark_preempting = _of_the_run("mark_preempting")
log_artifact = _of_the_run("log_artifact")
use_artifact = _of_the_run("use_artifact")
link_artifact = _of_the_run("link_artifact")
log_model = _of_the_run("log_model")
use_model = _of_the_run("use_model")
link_model = _of_the_run("link_model")


def unwatch(models: Any = None) -> None:
    """Stop watching models."""
    run = current.get()
    if run is not None:
        run.unwatch(models)


def finish(exit_code: int | None = None, quiet: bool | None = None) -> None:
    """End the current run; nothing happens without one."""
    runwell.finish(exit_code=exit_code, quiet=quiet)


def join(exit_code: int | None = None) -> None:
    """End the current run; the older name of ``finish``."""
    runwell.finish(exit_code=exit_code)


login = runwell.login


def setup(settings: Any = None) -> None:
    """Do nothing: a process needs no preparation."""


def teardown(exit_code: int | None = None) -> None:
    """End every run of this process."""
    for run in list(current.live):
        run.finish(exit_code=exit_code)


def require(*requirement: Any, **_: Any) -> None:
    """Do nothing: what older clients had to be asked for is there."""


def ensure_configured() -> None:
    """Do nothing: settings are read when a run begins."""


def attach(run_id: str | None = None, **_: Any) -> Any:
    """Give the run of this process that has this id.

    Raises:
        UsageError: there is none.
    """
    for run in current.live:
        if run.id == run_id:
            current.make_current(run)
            return run
    raise runwell.UsageError(f"no run {run_id!r} goes on in this process; begin it with init(id=…, resume='allow')")


_attach = attach


def visualize(spec: str, table: Any) -> Any:
    """Make a chart of a table, each field of the specification from the column of its name."""
    from runwell.sdk.plot import plot_table

    return plot_table(spec, table, {str(name): str(name) for name in table.columns})


def _refuse(name: str) -> NoReturn:
    raise UnsupportedError(
        f"wandb.{name}() isn't there: this is Runwell under the name wandb, and it has no sweeps yet"
    )


def sweep(*_: Any, **__: Any) -> Any:
    """Raise: Runwell has no sweeps yet."""
    _refuse("sweep")


def agent(*_: Any, **__: Any) -> Any:
    """Raise: Runwell has no sweeps yet."""
    _refuse("agent")


def controller(*_: Any, **__: Any) -> Any:
    """Raise: Runwell has no sweeps yet."""
    _refuse("controller")


class _OldApi:
    """``wandb.api``: the few things that libraries ask it for."""

    @property
    def api_key(self) -> str | None:
        """The key for the configured server."""
        from runwell.client.credentials import key_for
        from runwell.sdk.settings import resolve

        return key_for(resolve(None, {}).base_url)

    def settings(self, name: str | None = None, *_: Any, **__: Any) -> Any:
        """Give a setting, or all."""
        from runwell.sdk.settings import resolve

        settings = resolve(None, {})
        known = {field: getattr(settings, field) for field in ("base_url", "entity", "project", "mode")}
        return known if name is None else known.get(name)


api = _OldApi()
