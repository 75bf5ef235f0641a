"""The companion's life: from the journal's first line to the last acknowledgement.

One thread keeps time (durability, liveness, metrics); a second captures the environment and ends; a
third, online, delivers. None of them touches the trainer, except for the one SIGINT that a server's
"stop" asks for.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from runwell.sync.follow import Follow
from runwell.wire import records
from runwell.wire.limits import DURABLE_EVERY_S, LATE_SERVER_S, SYSTEM_METRICS_EVERY_S

from . import code, environment
from .durable import Durability
from .metrics import SystemMetrics
from .system_journal import SystemJournal
from .trainer import Trainer

log = logging.getLogger("runwell.companion")

TICK_S = 0.1
FIRST_SAMPLE_S = 1.0
LAST_SAMPLE_S = 0.5  # a shorter time since the one before says nothing about load
OPEN_WAIT_S = 10.0  # the trainer writes the first line before it starts us
CAPTURE_WAIT_S = 3.0  # at the end, for an environment that isn't captured yet
CHILDREN_EVERY_S = 2.0


class Life:
    """Accompanies one run.

    Args:
        run_dir: the run directory.
    """

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._trainer = Trainer(run_dir)
        self._follow = Follow()
        self._durability = Durability(run_dir)
        self._journal: SystemJournal | None = None
        self._journal_lock = threading.Lock()
        self._policy: code.CodePolicy | None = None  # until it is decided
        self._script: tuple[str, str, str | None] | None = None  # program, cwd, path in the repository
        self._leaving = False
        self._started = time.monotonic()
        self._runtime_s = 0.0

    def leave(self) -> None:
        """Ask for an early end (SIGTERM): what is recorded becomes durable, delivery stops where it is."""
        self._leaving = True
        self._follow.stop()

    def run(self) -> None:
        """Live until the run has ended and, online, is delivered or out of patience."""
        if not self._wait_for_open():
            log.warning("no journal in %s", self._run_dir)
            return
        opened = self._trainer.opened
        self._runtime_s = max(0.0, time.time() - float(opened.get("created_at") or time.time()))
        self._journal = SystemJournal(self._run_dir, opened)
        capture = threading.Thread(target=self._capture, name="capture", daemon=True)
        capture.start()
        delivery = None
        if opened.get("mode") == "online":
            delivery = threading.Thread(target=self._deliver, name="delivery", daemon=True)
            delivery.start()
        self._accompany()
        self._write_the_end(capture)
        self._follow.trainer_ended()
        if delivery is not None:
            self._wait_for(delivery)
        self._durability.sync()

    def _wait_for_open(self) -> bool:
        deadline = time.monotonic() + OPEN_WAIT_S
        while not self._trainer.read_open():
            if time.monotonic() > deadline or self._leaving:
                return False
            time.sleep(TICK_S)
        return True

    def _accompany(self) -> None:
        """Keep time until the trainer has ended."""
        metrics = SystemMetrics(self._trainer.pid, self._run_dir)
        durable_at = sampled_at = time.monotonic()
        sample_at = sampled_at + FIRST_SAMPLE_S
        while not self._trainer.ended() and not self._leaving and self._run_dir.exists():
            now = time.monotonic()
            if now >= durable_at:
                durable_at = now + DURABLE_EVERY_S
                self._durability.sync()
            if now >= sample_at:
                sampled_at, sample_at = now, now + SYSTEM_METRICS_EVERY_S
                self._sample(metrics)
            if self._trainer.has_artifacts():
                self._follow.wake()  # the script may wait for the version: it needn't wait for the rows' turn too
            time.sleep(TICK_S)
        if time.monotonic() - sampled_at >= LAST_SAMPLE_S:
            self._sample(metrics)
        metrics.close()

    def _sample(self, metrics: SystemMetrics) -> None:
        runtime = self._runtime_s + time.monotonic() - self._started
        row: dict[str, Any] = metrics.read()
        row["_runtime"] = round(runtime, 3)
        row["_timestamp"] = time.time()
        self._append(records.EVENT, row)

    def _append(self, kind: str, payload: Any) -> None:
        with self._journal_lock:
            if self._journal is not None:
                self._journal.append(kind, payload)

    def _capture(self) -> None:
        """Find out what the run runs on; a part that fails is left out."""
        try:
            run = environment.first_run_facts(self._run_dir)
            policy = self._policy = code.decide(self._trainer.opened)
            metadata = environment.describe_environment(self._trainer.opened, run, with_git=policy.changes)
            environment.write_metadata(self._run_dir, metadata)
            git = metadata.get("git") or {}
            facts = {"commit": git.get("commit"), "repo": git.get("remote"), "host": metadata.get("host")}
            if self._trainer.opened.get("capture") == "minimal":
                facts = {}
            news = {name: value for name, value in facts.items() if value and not run.get(name)}
            if news:
                self._append(records.RUN, news)
            self._append(records.FILE, {"path": environment.METADATA, "policy": "now"})
            self._keep_code(policy, metadata, run.get("script") or metadata.get("program"))
        except Exception:
            log.exception("the environment could not be described")
        try:
            environment.write_requirements(self._run_dir)
            self._append(records.FILE, {"path": environment.REQUIREMENTS, "policy": "now"})
        except Exception:
            log.exception("the installed packages could not be listed")

    def _keep_code(self, policy: code.CodePolicy, metadata: dict[str, Any], script: str | None) -> None:
        kept: list[str | None] = []
        if policy.changes and metadata.get("git"):
            kept.append(code.keep_changes(self._run_dir, metadata["root"], metadata["git"]))
        if policy.script and script and "program" in metadata:
            self._script = (script, metadata.get("cwd") or "", metadata.get("codePath"))
            kept.append(code.keep_script(self._run_dir, *self._script))
        self._send_files(kept)

    def _keep_notebook(self) -> None:
        """Keep the cells that a notebook ran, and its file as it stands at the end: it was saved meanwhile."""
        kept = [code.keep_session(self._run_dir)]
        if self._script is not None and self._script[0].endswith(".ipynb"):
            kept.append(code.keep_script(self._run_dir, *self._script))
        self._send_files(kept)

    def _send_files(self, names: Iterable[str | None]) -> None:
        for name in names:
            if name is not None:
                self._append(records.FILE, {"path": name, "policy": "now"})

    def _write_the_end(self, capture: threading.Thread) -> None:
        capture.join(CAPTURE_WAIT_S)
        if self._policy is not None and self._policy.script:
            try:
                self._keep_notebook()
            except Exception:
                log.exception("the notebook could not be kept")
        try:
            if environment.write_config(self._run_dir):
                self._append(records.FILE, {"path": environment.CONFIG, "policy": "now"})
        except Exception:
            log.exception("config.yaml could not be written")
        with self._journal_lock:
            if self._journal is not None:
                self._journal.close()
                self._journal = None
        self._durability.sync()

    # --- delivery -----------------------------------------------------------------------

    def _deliver(self) -> None:
        from runwell.sync.deliver import Delivery  # brings the HTTP client, which offline runs do without

        base_url = str(self._trainer.opened.get("base_url") or "")
        try:
            delivery = Delivery(
                self._run_dir, base_url, self._follow, on_stop=self._stop_trainer, patience_s=LATE_SERVER_S
            )
            delivery.run(wait_for_lock=True)
        except Exception:
            log.exception("delivery ended")

    def _wait_for(self, delivery: threading.Thread) -> None:
        """Stay while there is something to deliver, and make late rows of children durable meanwhile."""
        while delivery.is_alive():
            if not self._follow.gone and not self._trainer.children_alive():
                self._follow.writers_gone()
            self._durability.sync()
            if not self._run_dir.exists():
                self._follow.stop()
            delivery.join(CHILDREN_EVERY_S if not self._follow.gone else DURABLE_EVERY_S)

    def _stop_trainer(self) -> None:
        """Interrupt the trainer as Ctrl-C would."""
        if self._trainer.alive():
            log.info("the server asks for a stop: SIGINT to %d", self._trainer.pid)
            os.kill(self._trainer.pid, signal.SIGINT)
