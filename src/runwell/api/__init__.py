"""``runwell.Api``: read and edit what a server has, from scripts and notebooks.

api = runwell.Api()
run = api.run("local/digits/abc12345")
run.config["lr"], run.summary["val.acc"], run.history(keys=["loss"])
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .api import Api as Api
    from .files import File as File
    from .projects import Project as Project
    from .run_list import Runs as Runs
    from .runs import Run as Run

_PLACES = {"Api": "api", "File": "files", "Project": "projects", "Run": "runs", "Runs": "run_list"}
__all__ = ["Api", "File", "Project", "Run", "Runs"]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
