"""The type of the module ``wandb``: ``run``, ``config``, ``summary`` follow the current run; other names come late."""

from __future__ import annotations

import types
from importlib import import_module
from typing import Any

import runwell
from runwell.sdk import current
from wandb.names import ABSENT, MODULES, NAMES

# What a script assigned to ``wandb.config`` while there was no run: the next run's config.
assigned_config: list[Any] = []


class WandbModule(types.ModuleType):
    """A module with attributes that are computed, and that may be assigned to."""

    @property
    def run(self) -> Any:
        """The current run, None without one."""
        return current.get()

    @run.setter
    def run(self, run: Any) -> None:
        if run is not None:  # None: a run ends by finish() alone
            current.make_current(run)

    @property
    def config(self) -> Any:
        """The current run's config."""
        if current.get() is None and assigned_config:
            return assigned_config[-1]
        return runwell.config

    @config.setter
    def config(self, values: Any) -> None:
        run = current.get()
        if run is None:
            assigned_config[:] = [values]
        elif values is not run.config:
            run.config.update(values, allow_val_change=True)

    @property
    def summary(self) -> Any:
        """The current run's summary."""
        return runwell.summary

    @summary.setter
    def summary(self, values: Any) -> None:
        run = current.get()
        if run is not None and values is not run.summary:
            run.summary.update(values)

    def __getattr__(self, name: str) -> Any:
        if name in NAMES:
            module, there = NAMES[name]
            value = getattr(import_module(module), there)
        elif name in MODULES:
            try:
                value = import_module(f"wandb.{name}")
            except ImportError as error:  # the library that the submodule is about isn't installed
                raise AttributeError(f"wandb.{name} can't be had: {error}") from error
        elif name in ABSENT:
            raise AttributeError(f"wandb.{name} isn't there: this is Runwell under the name wandb, which has none")
        else:
            raise AttributeError(f"module 'wandb' (Runwell under that name) has no attribute {name!r}")
        self.__dict__[name] = value
        return value

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *NAMES, *MODULES, "run", "config", "summary"})
