"""Runwell: track machine-learning experiments on your own machine.

import runwell
run = runwell.init(project="digits", config={"lr": 0.01})
run.log({"loss": 0.3})

The names below are imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runwell.api import Api as Api
    from runwell.artifacts.artifact import Artifact as Artifact
    from runwell.integrations import gymnasium as gymnasium
    from runwell.integrations import sklearn as sklearn
    from runwell.integrations import tensorboard as tensorboard
    from runwell.sdk import plot as plot
    from runwell.sdk.config import Config
    from runwell.sdk.current import alert as alert
    from runwell.sdk.current import define_metric as define_metric
    from runwell.sdk.current import finish as finish
    from runwell.sdk.current import link_artifact as link_artifact
    from runwell.sdk.current import link_model as link_model
    from runwell.sdk.current import log as log
    from runwell.sdk.current import log_artifact as log_artifact
    from runwell.sdk.current import log_model as log_model
    from runwell.sdk.current import mark_preempting as mark_preempting
    from runwell.sdk.current import restore as restore
    from runwell.sdk.current import save as save
    from runwell.sdk.current import unwatch as unwatch
    from runwell.sdk.current import use_artifact as use_artifact
    from runwell.sdk.current import use_model as use_model
    from runwell.sdk.current import watch as watch
    from runwell.sdk.init import init as init
    from runwell.sdk.media.audio import Audio as Audio
    from runwell.sdk.media.graph import Graph as Graph
    from runwell.sdk.media.histogram import Histogram as Histogram
    from runwell.sdk.media.html import Html as Html
    from runwell.sdk.media.image import Image as Image
    from runwell.sdk.media.molecule import Molecule as Molecule
    from runwell.sdk.media.object3d import Object3D as Object3D
    from runwell.sdk.media.plotly import Plotly as Plotly
    from runwell.sdk.media.table import Table as Table
    from runwell.sdk.media.video import Video as Video
    from runwell.sdk.plot import plot_table as plot_table
    from runwell.sdk.questions import login as login
    from runwell.sdk.run import Run as Run
    from runwell.sdk.settings import Settings as Settings
    from runwell.sdk.summary import Summary
    from runwell.sdk.version import __version__ as __version__
    from runwell.wire.errors import AuthenticationError as AuthenticationError
    from runwell.wire.errors import CommunicationError as CommunicationError
    from runwell.wire.errors import ConfigError as ConfigError
    from runwell.wire.errors import RunwellError as RunwellError
    from runwell.wire.errors import UsageError as UsageError

    run: Run | None
    config: Config
    summary: Summary

_NAMES = {
    "Api": "runwell.api",
    "Artifact": "runwell.artifacts.artifact",
    "init": "runwell.sdk.init",
    "login": "runwell.sdk.questions",
    "Audio": "runwell.sdk.media.audio",
    "Graph": "runwell.sdk.media.graph",
    "Histogram": "runwell.sdk.media.histogram",
    "Html": "runwell.sdk.media.html",
    "Image": "runwell.sdk.media.image",
    "Molecule": "runwell.sdk.media.molecule",
    "Object3D": "runwell.sdk.media.object3d",
    "Plotly": "runwell.sdk.media.plotly",
    "Table": "runwell.sdk.media.table",
    "Video": "runwell.sdk.media.video",
    "plot_table": "runwell.sdk.plot",
    "Run": "runwell.sdk.run",
    "Settings": "runwell.sdk.settings",
    "config": "runwell.sdk.current",
    "summary": "runwell.sdk.current",
    "log": "runwell.sdk.current",
    "define_metric": "runwell.sdk.current",
    "finish": "runwell.sdk.current",
    "save": "runwell.sdk.current",
    "restore": "runwell.sdk.current",
    "alert": "runwell.sdk.current",
    "mark_preempting": "runwell.sdk.current",
    "watch": "runwell.sdk.current",
    "link_artifact": "runwell.sdk.current",
    "link_model": "runwell.sdk.current",
    "log_artifact": "runwell.sdk.current",
    "log_model": "runwell.sdk.current",
    "use_artifact": "runwell.sdk.current",
    "use_model": "runwell.sdk.current",
    "unwatch": "runwell.sdk.current",
    "AuthenticationError": "runwell.wire.errors",
    "CommunicationError": "runwell.wire.errors",
    "ConfigError": "runwell.wire.errors",
    "RunwellError": "runwell.wire.errors",
    "UsageError": "runwell.wire.errors",
    "__version__": "runwell.sdk.version",
}


_MODULES = {
    "plot": "runwell.sdk.plot",
    "gymnasium": "runwell.integrations.gymnasium",
    "sklearn": "runwell.integrations.sklearn",
    "tensorboard": "runwell.integrations.tensorboard",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _MODULES:
        return import_module(_MODULES[name])

    if name == "run":
        return import_module("runwell.sdk.current").get()
    if name not in _NAMES:
        raise AttributeError(f"module 'runwell' has no attribute {name!r}")
    return getattr(import_module(_NAMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*_NAMES, *_MODULES, "run"])
