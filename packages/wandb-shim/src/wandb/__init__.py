"""Runwell under the import name ``wandb``. This is NOT the client of Weights & Biases.

Scripts and libraries that look for ``wandb`` find Runwell's own SDK here: ``wandb.init`` is ``runwell.init``. It is
installed from Runwell's sources by those who want that, is never published on an index, and has nothing to do with
Weights & Biases. ``pip uninstall wandb`` takes it away.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from wandb.original import refuse_beside_original

__version__ = refuse_beside_original(Path(__file__).parent)

from runwell.sdk import rundir
from wandb import greeting, run_surface
from wandb.calls import (
    _attach,
    agent,
    alert,
    attach,
    controller,
    define_metric,
    ensure_configured,
    finish,
    init,
    join,
    link_artifact,
    link_model,
    log,
    log_artifact,
    log_model,
    login,
    mark_preempting,
    require,
    restore,
    save,
    setup,
    sweep,
    teardown,
    unwatch,
    use_artifact,
    use_model,
    visualize,
    watch,
)
from wandb.errors import AuthenticationError, CommError, Error, UnsupportedError, UsageError
from wandb.errors.term import termerror, termlog, termsetup, termwarn
from wandb.module import WandbModule
from wandb.names import NAMES

rundir.use_root("wandb")
run_surface.extend()

patched: dict[str, list[Any]] = {"tensorboard": [], "keras": [], "gym": []}
START_TIME = greeting.STARTED
__all__ = [  # the lazy names too
    *NAMES,
    "__version__",
    "_attach",
    "agent",
    "alert",
    "attach",
    "AuthenticationError",
    "CommError",
    "config",
    "controller",
    "define_metric",
    "ensure_configured",
    "Error",
    "finish",
    "init",
    "join",
    "link_artifact",
    "link_model",
    "log",
    "log_artifact",
    "log_model",
    "login",
    "mark_preempting",
    "require",
    "restore",
    "run",
    "save",
    "setup",
    "summary",
    "sweep",
    "teardown",
    "termerror",
    "termlog",
    "termsetup",
    "termwarn",
    "UnsupportedError",
    "unwatch",
    "UsageError",
    "use_artifact",
    "use_model",
    "visualize",
    "watch",
]

sys.modules[__name__].__class__ = WandbModule
greeting.greet(__version__)
