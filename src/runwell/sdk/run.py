"""``Run``: what ``init`` returns and a script holds: rows, config, summary, attributes, the end.

A Run owns one journal. Everything it is told becomes a record there, and nothing else leaves this
process: the companion reads the journal, and sync sends it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from runwell.wire import records
from runwell.wire.errors import FinishedRunError
from runwell.wire.journal import encode_record

from . import current, farewell, lifecycle
from .alert import alert_record
from .capture import console
from .companion_start import Companion
from .config import Config
from .files import RunFiles
from .journal import Journal
from .logged_artifacts import LoggedArtifacts
from .metric import Metric, metric_rule
from .notices import say
from .opening import Opening
from .rows import Rows
from .summary import Summary

if TYPE_CHECKING:
    from .capture.redirect import Redirect
    from .media.logged import LoggedMedia
    from .values import Tally
    from .watch import Watches

_COMPANION_EVERY_S = 10.0  # how often, while rows are logged, the companion is looked for

_LATER = frozenset({"pin_config_keys", "write_logs"})


class Run(LoggedArtifacts):
    """One run of a script. Made by ``runwell.init``; a context manager that ends it.

    Args:
        opening: what ``init`` decided.
        journal: where its records go.
    """

    def __init__(self, opening: Opening, journal: Journal) -> None:
        self._opening = opening
        self._journal = journal
        self._owner = opening.owner
        self._started_at = time.time() - opening.runtime_before
        self._ended = False
        self._closed = False  # for the script too; at the interpreter's end threads may still write
        self._preempting = False
        self._console: console.ConsoleLog | None = None
        self._redirect: Redirect | None = None
        self._companion: Companion | None = None
        self._companion_at = 0.0
        self._page_unsaid = False
        self._before_end: list[Callable[[], None]] = []
        self._files = RunFiles(opening.run_dir, journal)
        self._rows = Rows(journal, opening.summary, opening.starting_step, opening.runtime_before, self._take_media)
        free = bool(opening.settings.allow_val_change) or opening.resumed or lifecycle.in_notebook()
        self._config = Config(self._record_config, free, self.tell)
        self._media: LoggedMedia | None = None
        self._watches: Watches | None = None
        self._summary = Summary(
            opening.summary,
            self._record_summary,
            lambda key, value: self._take_media(key, value, self._rows.step),
            self.tell,
        )

    # --- recording ----------------------------------------------------------------------------

    def log(
        self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None, sync: bool | None = None
    ) -> None:
        """Record one row of values.

        Args:
            data: names to values: numbers, text, lists, nested mappings, arrays of up to 10,000 items, and
                media (``runwell.Image``, ``Table``, ``Histogram``, …, figures, pictures, data frames).
                What can't be kept (bytes, complex, objects) is left out, counted, and said once.
            step: 0 … 2^53 - 1, in any order; without it rows are numbered from 0.
            commit: False gathers values until a call that commits, or a call with another step.
            sync: has no effect; for old scripts.

        Raises:
            UsageError: ``data`` is no mapping.
            InvalidValue: the step is no step, or a value is a larger array than a row takes; the row's
                other values are recorded.
            FinishedRunError: the run has ended.

        Guarantee: when it returns, the row survives the death of every process on the machine. It does no
            network, and a disk that refuses doesn't raise: the row waits in memory and is counted.
        """
        self._rows.log(data, step, commit)

    def _take_media(self, key: str, value: Any, step: int) -> tuple[str, dict[str, Any]] | None:
        if self._media is None:
            from .media.logged import LoggedMedia

            self._media = LoggedMedia(self._opening.run_dir, self._files, self._journal, self.tell)
        return self._media.take(key, value, step)

    @property
    def config(self) -> Config:
        """The run's configuration."""
        return self._config

    @property
    def summary(self) -> Summary:
        """The values that stand for the run."""
        return self._summary

    def define_metric(
        self,
        name: str,
        step_metric: str | Metric | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | Sequence[str] | None = None,
        goal: str | None = None,
        overwrite: bool | None = None,
    ) -> Metric:
        """Say how a metric, or all that match a glob, are drawn and summarised from now on.

        Args:
            name: a key, or a glob with ``*``.
            step_metric: the key that is the x axis.
            step_sync: put the last value of ``step_metric`` into rows that lack it; the default with one.
            hidden: draw no chart by default.
            summary: of min, max, mean, best, last, first, copy, none; text with commas, or a list.
            goal: "minimize" or "maximize", what ``best`` means.
            overwrite: replace an earlier rule whole.

        Raises:
            UsageError: a summary kind or goal that doesn't exist.
        """
        self._refuse_if_closed("define_metric()")
        rule = metric_rule(name, step_metric, step_sync, hidden, summary, goal, overwrite)
        self._journal.record(records.METRIC, rule)
        self._rows.define(rule)
        return Metric(rule)

    def alert(self, title: str, text: str, level: Any = None, wait_duration: Any = None) -> None:
        """Send an alert, at most one of a title within ``wait_duration`` (seconds or a timedelta)."""
        self._refuse_if_closed("alert()")
        self._journal.record(records.ALERT, alert_record(title, text, level, wait_duration))

    def mark_preempting(self) -> None:
        """Say that the machine is about to be taken away: an end from now on is ``preempted``."""
        self._preempting = True

    def watch(
        self,
        models: Any,
        criterion: Any = None,
        log: str | None = "gradients",
        log_freq: int = 1_000,
        idx: int | None = None,
        log_graph: bool = False,
    ) -> None:
        """Record histograms of a torch model's gradients or parameters.

        Args:
            models: a ``torch.nn.Module``, or several.
            criterion: accepted for old scripts.
            log: "gradients", "parameters", "all", or None for the graph alone.
            log_freq: batches (of training) from one histogram to the next.
            idx: number of the first model in the names, if not counted here.
            log_graph: keep a graph of the layers, drawn at the first batch, in the summary.

        Raises:
            UsageError: it is no torch model, or it is watched already.
        """
        self._refuse_if_closed("watch()")
        if self._watches is None:
            from .watch import Watches

            self._watches = Watches(self._rows, self._summary.__setitem__)
        self._watches.add(models, log, log_freq, idx, log_graph)

    def unwatch(self, models: Any = None) -> None:
        """Stop watching these models, or all."""
        if self._watches is not None:
            self._watches.remove(models)

    # --- the end ------------------------------------------------------------------------------

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:
        """End the run; waits at most ``finish_timeout`` (5 s) for delivery, then says what is left. Again: nothing.

        Args:
            exit_code: 0 for finished, anything else for failed.
            quiet: say nothing.
        """
        self.end(lifecycle.Ending.by_code(exit_code or 0), quiet=quiet)

    def before_end(self, work: Callable[[], None]) -> None:
        """Call ``work`` once when the run is to end, while it still takes rows: for integrations that gather."""
        self._before_end.append(work)

    def end(self, ending: lifecycle.Ending, at_exit: bool = False, quiet: bool | None = None) -> None:
        """End the run in the way given.

        Args:
            ending: state, code and error.
            at_exit: the interpreter is ending: daemon threads may still log, and their rows are kept.
            quiet: say nothing.
        """
        if self._ended:
            return
        while self._before_end:
            try:
                self._before_end.pop()()
            except Exception as error:  # an integration's error never keeps a run from ending
                say(f"warning: what was to be done at the end failed: {type(error).__name__}: {error}")
        self._ended = True
        if self.began_elsewhere:  # a child's end isn't the run's
            self._rows.flush()
            if self._console is not None:
                console.detach(self._console)
            self._close(at_exit)
            return
        self.unwatch()
        opening, settings = self._opening, self._opening.settings
        if at_exit:
            self._rows.flush()
        else:
            self._rows.close()
        if self._redirect is not None:
            self._redirect.end()
        if self._console is not None:
            console.detach(self._console)
        self._files.record_unsaved()
        if settings.save_code is not False and lifecycle.in_notebook():
            from .capture.notebook import keep_session

            keep_session(opening.run_dir)
        state = "preempted" if self._preempting and ending.state != "finished" else ending.state
        last = {"code": ending.code, "state": state, "runtime": self._rows.runtime(), "error": ending.error}
        self._journal.check()
        self._journal.record(records.EXIT, {key: value for key, value in last.items() if value is not None})
        lost = self._close(at_exit)
        if lost:
            say(f"warning: the disk refused to the end: {lost:,} records of run {opening.display_name} are lost")
        if quiet or settings.silent:
            return
        if settings.mode == "offline" or not opening.has_companion:
            where = farewell.shorten_path(opening.run_dir)
            if not settings.quiet:
                say(f"run {opening.display_name} is kept in {where}; send it: runwell sync {where}")
            return
        keep = self._companion.keep if self._companion is not None else None
        if keep is not None:
            keep()
        status = farewell.wait_for_delivery(opening.run_dir, settings.finish_timeout, keep)
        if not settings.quiet or status.get("state") != "done":
            sends = self._companion is not None and self._companion.goes_on()
            farewell.say_kept(opening.run_dir, opening.display_name, settings.base_url, self._page(), status, sends)

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(lifecycle.Ending.by_exception(error) if error is not None else lifecycle.Ending.by_code(0))

    def _close(self, at_exit: bool) -> int:
        current.forget(self)
        self._closed = not at_exit
        return self._journal.close(keep_open=at_exit)

    @property
    def step(self) -> int:
        """The step that the next row gets if none is given."""
        return self._rows.step

    def status(self) -> dict[str, Any]:
        """Give what sync last said: ``state``, ``sent_bytes``, ``total_bytes``, ``message``; {} before that."""
        return farewell.read_status(self._opening.run_dir)

    def __getattr__(self, name: str) -> Any:
        if name in _LATER:
            raise AttributeError(f"run.{name} isn't in this version of runwell; see the changelog for what is there")
        raise AttributeError(f"Run has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"<runwell.Run {self.path} {self.name!r}>"

    def __reduce__(self) -> tuple[Any, ...]:
        from .children import attach

        return attach, (self._opening, self._journal.path)

    # --- for this room ------------------------------------------------------------------------

    def tell(self, tally: Tally) -> None:
        """Count what became of the values of one call, and say it once a reason."""
        self._rows.tell(tally)

    def record_opening(self) -> None:
        """Write what is known of the run at its start."""
        opening = self._opening
        known: dict[str, Any] = {
            "display_name": opening.display_name,
            "notes": opening.notes,
            "tags": list(opening.tags) or None,
            "group": opening.group,
            "job_type": opening.job_type,
            "sweep": opening.settings.sweep_id,
            **opening.facts,
        }
        self._record_run({key: value for key, value in known.items() if value is not None})

    def _hear_console(self, companion: Companion) -> None:
        """Record the script's output as ``settings.console`` says; the companion starts with a relay that it needs."""
        settings = self._opening.settings
        self._console = console.ConsoleLog(self._journal)
        asked = settings.console == "redirect"
        if asked or (settings.console == "auto" and console.suits_redirecting()):
            minimal = settings.capture == "minimal"
            self._redirect = console.redirect(self._opening.run_dir, minimal, self._console, asked, companion.start)
        if self._redirect is None:
            console.attach(self._console)

    def start_companion(self) -> bool:
        """Hear the console, start the companion and keep one there from now on; tells whether there is one."""
        companion = Companion(self._opening.run_dir, self._opening.settings.capture == "minimal")
        if self._opening.settings.console != "off":
            self._hear_console(companion)
        if companion.is_started or companion.start():
            self._companion = companion
            self._companion_at = time.monotonic() + _COMPANION_EVERY_S
            self._journal.on_check = self._look_around
        return self._companion is not None

    def say_page_later(self, wanted: bool) -> None:
        """Say the page's address as soon as the server has told it."""
        self._page_unsaid = wanted

    @property
    def began_elsewhere(self) -> bool:
        """Whether another process began the run, so that its end is the run's, and not this one's."""
        return self._owner != os.getpid()

    def become_child(self, journal_path: str) -> None:
        """After a fork, in the child: write to a journal of its own."""
        self._journal.move_to_child(journal_path)
        self._rows.forget_pending()
        if self._redirect is not None:
            self._redirect.become_child()
        if self._console is not None:
            self._console.start_anew()

    def _look_around(self) -> None:
        """Called once a second while rows are logged: see to what isn't this process's own."""
        if self._page_unsaid and (url := self._page()):
            self._page_unsaid = False
            say(f"run {self.name} is at {url}")
        now = time.monotonic()
        if self._companion is None or now < self._companion_at or self._ended or self.began_elsewhere:
            return
        self._companion_at = now + _COMPANION_EVERY_S
        try:
            self._companion.keep()
        except Exception:
            pass  # a companion that can't be had costs no row

    def _record_config(self, changed: dict[str, Any], removed: list[str]) -> None:
        self._refuse_if_closed("config is set")
        payload: dict[str, Any] = {"set": changed}
        if removed:
            payload["del"] = removed
        self._journal.append(encode_record(records.CONFIG, payload))

    def _record_run(self, changes: dict[str, Any]) -> None:
        self._refuse_if_closed(f"{', '.join(changes)} is set")
        super()._record_run(changes)

    def _refuse_if_closed(self, what: str) -> None:
        if self._closed:
            raise FinishedRunError(f"{what} after finish(): this run has ended; call runwell.init() for a new one")

    def _record_summary(self, changed: dict[str, Any], removed: list[str]) -> None:
        self._refuse_if_closed("summary is set")
        self._rows.use_fold()
        self._rows.shorten_to_fit(changed, "summary")
        payload: dict[str, Any] = {"set": changed}
        if removed:
            payload["del"] = removed
        self._journal.append(encode_record(records.SUMMARY, payload))
