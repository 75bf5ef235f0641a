"""Tests of frameworks: each says which framework and which behaviour it is about, and leaves a result."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.serving import ServerProcess

from . import environment
from .results import Results
from .trained import Trained, train

RESULTS = pytest.StashKey[Results]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "framework(title, package): which framework a module's tests are about")
    config.addinivalue_line("markers", "behaviour(sentence): what of the framework a test is about")
    config.stash[RESULTS] = Results()


@pytest.fixture(scope="session")
def frameworks() -> None:
    """The environment of the frameworks is there; without it these tests can't tell anything."""
    if not environment.is_ready():
        pytest.skip("the frameworks aren't installed: `make test-frameworks` installs them")


@pytest.fixture(scope="module")
def trained(
    frameworks: None, request: pytest.FixtureRequest, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trained]:
    """The module's training, named by its ``TRAINING``, done once for all tests of the module."""
    module = request.module
    options = getattr(module, "SETTINGS", {})
    yield train(server, tmp_path_factory.mktemp(module.TRAINING), module.TRAINING, **options)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    framework, behaviour = item.get_closest_marker("framework"), item.get_closest_marker("behaviour")
    if framework is None or behaviour is None or report.skipped or not (report.when == "call" or report.failed):
        return
    title, package = framework.args
    version = environment.versions().get(package, "?").partition("+")[0]
    said = str(call.excinfo.value).splitlines() if call.excinfo and not report.passed else []
    note = said[0][:200] if said else ""
    results = item.config.stash[RESULTS]
    results.add(f"{title} {version}", behaviour.args[0], "works" if report.passed else "fails", note)


def pytest_sessionfinish(session: pytest.Session) -> None:
    results: Results = session.config.stash[RESULTS]
    if results.rows and os.environ.get("RUNWELL_FRAMEWORKS_RESULTS"):
        print(f"\nresults: {results.write()}")
