"""A browser, pages that fail their test when they complain, and a server with real runs."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from runwell.server.routes.pages import STATIC
from tests.serving import ServerProcess

from .training import LiveTrainer, Project, Trainer

BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SIZE = {"width": 1440, "height": 900}
WAIT_MS = 20000

UNCHOSEN = {"theme": "system", "language": "system", "ui": {}}

OpenPage = Callable[..., Page]


# Of the package, not of the session: while Playwright runs, this thread has an event loop, which other tests must not
# find.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, started once."""
    if not (STATIC / "index.html").exists():
        pytest.fail("The web UI isn't built: run `make ui-build`.", pytrace=False)
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.fail("Chromium is missing. Debian, Ubuntu: sudo apt-get install chromium", pytrace=False)
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="package")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """A server of these tests' own: what its home page lists is known."""
    running = ServerProcess(tmp_path_factory.mktemp("browser-server")).start()
    yield running
    running.stop()


class Complaints:
    """Errors that pages of a test reported; those that a test expects are told with ``expect``."""

    def __init__(self) -> None:
        self._heard: list[str] = []
        self._expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Say that a complaint which matches is what should happen."""
        self._expected.append(pattern)

    def listen(self, page: Page) -> None:
        """Hear what a page complains about from now on."""

        def console(message: ConsoleMessage) -> None:
            if message.type == "error":
                self._heard.append(f"console: {message.text} ({message.location.get('url', '')})")

        page.on("console", console)
        page.on("pageerror", lambda error: self._heard.append(f"page error: {error}"))

    def unexpected(self) -> list[str]:
        """Give what nobody expected."""
        return [text for text in self._heard if not any(re.search(pattern, text) for pattern in self._expected)]


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """What this test's pages complain about; the test fails when it is anything unexpected."""
    heard = Complaints()
    yield heard
    assert heard.unexpected() == []


def _forget_workspaces(context: BrowserContext, at: ServerProcess) -> None:
    """What an earlier test arranged is kept for its reader: this one comes as somebody new."""
    projects = context.request.get("/api/projects", fail_on_status_code=True).json()["projects"]
    for project in projects:
        place = f"/api/projects/{quote(project['entity'])}/{quote(project['name'])}/views/draft"
        context.request.delete(place, headers={"Origin": at.url}).dispose()


@pytest.fixture
def open_page(browser: Browser, server: ServerProcess, complaints: Complaints) -> Iterator[OpenPage]:
    """Open a page in a browser that knows nothing; logged in unless told otherwise."""
    contexts: list[BrowserContext] = []

    def make(at: ServerProcess = server, logged_in: bool = True, **options: Any) -> Page:
        context = browser.new_context(**{"viewport": SIZE, "base_url": at.url, **options})
        contexts.append(context)
        context.set_default_timeout(WAIT_MS)
        if logged_in:
            answer = context.request.post(
                "/api/session", data={"api_key": at.key}, headers={"Origin": at.url}, fail_on_status_code=True
            )
            answer.dispose()
            # What another test chose is kept for the user; this browser's owner has chosen nothing.
            context.request.patch("/api/settings", data=UNCHOSEN, headers={"Origin": at.url}).dispose()
            _forget_workspaces(context, at)
        page = context.new_page()
        complaints.listen(page)
        return page

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page of somebody who is logged in."""
    return open_page()


@dataclass
class Trainings:
    """All trainings that tests share, started at once so that their waiting overlaps."""

    live: LiveTrainer
    sweep: Trainer
    failing: Trainer
    plain: Trainer


EDITED = ["first", "second", "third", "fourth", "fifth", "sixth"]


@pytest.fixture(scope="package")
def trainings(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trainings]:
    """The trainings behind the projects ``vision`` and ``edited``."""
    folder = tmp_path_factory.mktemp("trainings")
    started = Trainings(
        LiveTrainer(server, folder / "live", "vision", "live-gru", 50),
        Trainer(server, folder / "sweep", "sweep", "vision"),
        Trainer(server, folder / "failing", "failing", "vision"),
        Trainer(server, folder / "plain", "plain", "edited", *EDITED),
    )
    yield started
    started.live.end()


@pytest.fixture(scope="package")
def vision(server: ServerProcess, trainings: Trainings) -> Project:
    """A project with five runs: two finished ones, one with NaN, one failed, one live. Tests leave it as it is."""
    trainings.sweep.wait()
    trainings.failing.wait(1)
    states = {"steady-cnn": "finished", "swift-vit": "finished", "wild-mlp": "finished", "broken-rnn": "failed"}
    project = Project(server, "vision", live=trainings.live)
    return project.wait_for({**states, "live-gru": "running"}, {"live-gru": 49, "broken-rnn": 99})


@pytest.fixture(scope="package")
def edited(server: ServerProcess, trainings: Trainings) -> Project:
    """A project whose runs tests may change, each test its own."""
    trainings.plain.wait()
    return Project(server, "edited").wait_for(dict.fromkeys(EDITED, "finished"))


@pytest.fixture
def live_trainer(tmp_path: Path) -> Iterator[Callable[..., LiveTrainer]]:
    """Start live trainings of a test's own, which end with it."""
    started: list[LiveTrainer] = []

    def start(server: ServerProcess, project: str, name: str, steps: int) -> LiveTrainer:
        started.append(LiveTrainer(server, tmp_path / f"live-{len(started)}", project, name, steps))
        return started[-1]

    yield start
    with ThreadPoolExecutor() as ends:
        list(ends.map(LiveTrainer.end, started))
