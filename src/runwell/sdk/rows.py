"""History rows: what ``run.log`` does, from a mapping to a line of the journal.

The fast path is a row whose keys have all been seen and whose values are plain scalars: one merge,
one encoding, one write. Everything else takes the slow path, which checks, coerces and counts.

Steps: without ``step`` rows are numbered 0, 1, 2, … A row with ``step=n`` is recorded at once, and
rows after it without a step belong to n too until one of them commits it (the official client's rule).
Steps may go down or repeat; every row is kept, in the order of the calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from time import monotonic, time
from typing import Any

import orjson

from runwell.wire.errors import FinishedRunError, InvalidValue, UsageError, kind_of, shorten
from runwell.wire.foreign import is_a
from runwell.wire.journal import encode_line
from runwell.wire.limits import MAX_ROW_BYTES, MAX_STEP
from runwell.wire.numbers import decode_extended, encode_extended
from runwell.wire.rows import MAX_OWN_BYTES, OWN_KEYS, RUNTIME, STEP, TIMESTAMP, encode_row
from runwell.wire.summary import SummaryFold

from .journal import Journal
from .notices import warn_once
from .values import SCALARS, KeyBook, Tally, plain_row, plain_step

_dumps = orjson.dumps
_all_scalars = SCALARS.issuperset
_CLOCK_JUMP_S = 2.0  # the wall clock moved against the monotonic one by more than this: it was set
_CLOCK_OFF_S = 0.02  # by more than this: the row says its time itself
_CLOCK_READ_S = 0.001  # between reading one clock and the other; longer means that something came between
_MAX_SHAPES = 16  # whose latest row is kept; a script has two or three: of a step, of an epoch, of the end
_LONG_ROW_BYTES = MAX_ROW_BYTES - MAX_OWN_BYTES


class _Shape:
    """Rows of the same keys, all of them plain scalars.

    Attributes:
        keys: theirs.
        text: JSON of the latest, until the summary is asked for; its values replace those of all before it.
        timestamp: of that row.
    """

    __slots__ = ("keys", "text", "timestamp")

    def __init__(self, keys: Iterable[str]) -> None:
        self.keys = frozenset(keys)
        self.text = b""
        self.timestamp = 0.0


class Rows:
    """The history of one run, as this process writes it.

    Args:
        journal: where rows go.
        fold: the summary that rows flow into.
        starting_step: the first step (0, or one past the last of a resumed run).
        runtime_before: seconds that the run had before this process (resumed runs).
        media: takes (dotted key, value, step): see ``values.TakeMedia``.
    """

    def __init__(
        self,
        journal: Journal,
        fold: SummaryFold,
        starting_step: int = 0,
        runtime_before: float = 0.0,
        media: Callable[[str, Any, int], tuple[str, dict[str, Any]] | None] = lambda key, value, step: None,
    ) -> None:
        self.fold = fold
        self.step = starting_step
        self._journal = journal
        self._media = media
        self._book = KeyBook()
        self._shape = _Shape(())  # of the latest row
        self._shapes = [self._shape]
        self._unshaped = _Shape(())  # stands for all of a run that has too many
        self._started = monotonic() - runtime_before
        self._skew = self._compare_clocks()
        # True sends every row the slow way: uncommitted values, rules that need the whole row, a finished run.
        self._special = False
        self._pending: dict[str, Any] = {}
        self._pending_step: int | None = None
        self._attached: dict[str, Any] = {}
        self._sources: list[Callable[[], bool]] = []
        self._closed = False
        self._folds = False
        self._synced: list[tuple[str, str]] = []
        fold.late = self._unfolded

    def log(self, data: Mapping[str, Any], step: int | None = None, commit: bool | None = None) -> None:
        """Record one row; see ``Run.log``."""
        clock = monotonic()
        now = clock + self._skew
        journal = self._journal
        shape = self._shape
        if type(data) is not dict or (data.keys() != shape.keys and (shape := self._find_shape(data)) is None):
            self._log_slowly(data, step, commit)
            return
        if not (
            _all_scalars(map(type, data.values()))
            and commit is None
            and not self._special
            and clock < journal.check_at
            and -_CLOCK_OFF_S < time() - now < _CLOCK_OFF_S
        ):
            self._log_slowly(data, step, commit)
            return
        with journal.lock:
            if self._special:  # another thread has finished the run, or begun to gather
                self._log_slowly(data, step, commit)
                return
            if step is None:
                step = self.step
                self.step = step + 1
            elif type(step) is int and 0 <= step <= MAX_STEP:
                if step > self.step:
                    self.step = step
            else:
                self._log_slowly(data, step, commit)
                return
            runtime = int((clock - self._started) * 1e6) / 1e6
            try:
                text = _dumps({"row": (step, runtime, data)})
            except TypeError:  # an integer beyond 64 bits, a lone surrogate
                text = encode_row(step, runtime, data)
            # NaN and None; one byte is looked for in a tenth of the time of four, and most rows have no u
            if (b"u" in text and b"null" in text) or len(text) > _LONG_ROW_BYTES:
                text, data = self._encode_row(step, runtime, data, None)
            journal.write(encode_line(text))
            if self._folds:
                self.fold.row({STEP: step, RUNTIME: runtime, TIMESTAMP: now, **data})
            elif shape is self._unshaped:
                self.fold.values.update(data, _step=step, _runtime=runtime, _timestamp=now)
            else:  # what the row replaces in the summary is long out of the processor's caches: leave it alone
                shape.text = text
                shape.timestamp = now

    def _find_shape(self, data: dict[str, Any]) -> _Shape | None:
        """Give the shape of a row of other keys than the one before; None: it has keys that are to be looked at."""
        for shape in self._shapes:
            if data.keys() == shape.keys:
                self._shape = shape
                return shape
        if not data.keys() <= self._book.top:
            return None
        if len(self._shapes) >= _MAX_SHAPES:
            return self._unshaped
        with self._journal.lock:
            self._shape = _Shape(data)
            self._shapes = [*self._shapes, self._shape]
            return self._shape

    def _unfolded(self) -> list[dict[str, Any]]:
        """Give the rows that the summary hasn't heard of, and forget them: the latest of each shape, in order."""
        found: list[tuple[float, dict[str, Any]]] = []
        with self._journal.lock:
            for shape in self._shapes:
                if shape.text:
                    step, runtime, values = decode_extended(shape.text)["row"]
                    found.append((runtime, {**values, STEP: step, RUNTIME: runtime, TIMESTAMP: shape.timestamp}))
                    shape.text = b""
        return [row for _, row in sorted(found, key=lambda pair: pair[0])]

    def define(self, rule: Mapping[str, Any]) -> None:
        """Take a define_metric rule for the rows after it."""
        with self._journal.lock:
            self.fold.define(rule)
            self._folds = True
            if rule.get("step_metric") and rule.get("step_sync"):
                self._synced = [pair for pair in self._synced if pair[0] != rule["name"]]
                self._synced.append((rule["name"], rule["step_metric"]))
                self._special = True

    def use_fold(self) -> None:
        """Let rows pass through the whole fold from now on: the user has set a value of the summary."""
        self._folds = True

    def attach(self, values: dict[str, Any]) -> None:
        """Add values to the next row that the script logs, whatever its step; without one to the end's."""
        with self._journal.lock:
            if values and not self._closed:
                self._attached.update(values)
                self._special = True

    def ask(self, source: Callable[[], bool]) -> None:
        """Call ``source`` before the next rows, until it says that it has attached what it had."""
        with self._journal.lock:
            self._sources.append(source)
            self._special = True

    def flush(self) -> None:
        """Record what ``commit=False`` has gathered, and what is attached."""
        with self._journal.lock:
            if self._attached:
                self._gather(self._with_attached({}, self.step), None)
            if self._pending:
                values, at = self._pending, self._pending_step
                self._pending, self._pending_step = {}, None
                self._write_row(values, self.step if at is None else at)
                if at is None or at >= self.step:
                    self.step = (self.step if at is None else at) + 1
            self._special = self._is_special()

    def close(self) -> None:
        """Flush; a row after this raises FinishedRunError."""
        with self._journal.lock:
            self.flush()
            self._closed = True
            self._special = True

    def runtime(self) -> float:
        """Seconds since the run began, earlier processes of a resumed run included."""
        return monotonic() - self._started

    def forget_pending(self) -> None:
        """After a fork, in the child: what the parent gathered is the parent's."""
        self._pending, self._pending_step, self._attached, self._sources = {}, None, {}, []
        self._special = self._is_special()

    # --- the slow way -------------------------------------------------------------------------

    def _log_slowly(self, data: Mapping[str, Any], step: Any, commit: bool | None) -> None:
        self._refuse_if_closed()
        if not is_a(data, Mapping):
            raise UsageError(
                f"log() takes a mapping of names to values, not a {kind_of(data)} ({shorten(data)}); "
                'write log({"loss": 0.1})'
            )
        if step is not None:
            step = plain_step(step)
        tally = Tally()
        at = self.step if step is None else step
        values = plain_row(data, self._book, tally, lambda key, value: self._media(key, value, at))
        with self._journal.lock:
            self._refuse_if_closed()
            if self._sources:
                self._sources = [source for source in self._sources if not source()]
            if self._attached:
                values = self._with_attached(values, at)
            if step is not None and self._pending and step != self._step_of_pending():
                self.flush()
            values.pop("_step", None)
            values.pop("_runtime", None)
            if commit is False:
                self._gather(values, step)
            elif self._pending:
                self._gather(values, step)
                self.flush()
            else:
                self._write_at(values, step, commit)
        self.tell(tally)
        if monotonic() >= self._journal.check_at:
            self._read_clock()
            self._journal.check()
        if tally.too_large:
            raise InvalidValue("; ".join(tally.too_large[:3]))

    def _is_special(self) -> bool:
        return self._closed or bool(self._synced or self._pending or self._attached or self._sources)

    def _with_attached(self, values: dict[str, Any], at: int) -> dict[str, Any]:
        attached, self._attached = self._attached, {}
        self._special = self._is_special()
        return {**plain_row(attached, self._book, Tally(), lambda key, value: self._media(key, value, at)), **values}

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise FinishedRunError("log() after finish(): this run has ended; call runwell.init() for a new one")

    def _step_of_pending(self) -> int:
        return self.step if self._pending_step is None else self._pending_step

    def _gather(self, values: dict[str, Any], step: int | None) -> None:
        self._pending.update(values)
        if step is not None:
            self._pending_step = step
            self.step = max(self.step, step)
        self._special = True

    def _write_at(self, values: dict[str, Any], step: int | None, commit: bool | None) -> None:
        if step is None:
            step = self.step
            self.step = step + 1
        elif commit:
            self.step = max(self.step, step + 1)
        else:
            self.step = max(self.step, step)
        self._write_row(values, step)

    def _write_row(self, values: dict[str, Any], step: int) -> None:
        if self._synced:
            self._add_step_metrics(values)
        clock = monotonic()
        if not -_CLOCK_OFF_S < time() - clock - self._skew < _CLOCK_OFF_S:
            self._read_clock()
        now, runtime = round(clock + self._skew, 6), int((clock - self._started) * 1e6) / 1e6
        said = values.get(TIMESTAMP, now)
        if type(said) not in (int, float) or not 0 <= said < 1e11:
            del values[TIMESTAMP]
        text, values = self._encode_row(step, runtime, values, now)
        self._journal.write(encode_line(text))
        self.fold.row({STEP: step, RUNTIME: runtime, TIMESTAMP: now, **values})

    def _add_step_metrics(self, values: dict[str, Any]) -> None:
        """Put the last value of a synced step metric into a row that has none."""
        from fnmatch import fnmatchcase

        for pattern, metric in self._synced:
            if metric in values or metric not in self.fold.values:
                continue
            if any(not key.startswith("_") and fnmatchcase(key, pattern) for key in values):
                values[metric] = self.fold.values[metric]

    def _encode_row(
        self, step: int, runtime: float, values: dict[str, Any], now: float | None
    ) -> tuple[bytes, dict[str, Any]]:
        """Encode a row that may hold NaN or be too long, without the longest values then; give what it holds too."""
        text = encode_row(step, runtime, values, now)
        if len(text) > _LONG_ROW_BYTES:
            row = {STEP: step, RUNTIME: runtime, TIMESTAMP: runtime + self._started + self._skew, **values}
            self.shorten_to_fit(row, "row")
            values = {key: value for key, value in row.items() if key in values}
            text = encode_row(step, runtime, values, now)
        return text, values

    def shorten_to_fit(self, values: dict[str, Any], what: str) -> None:
        """Leave out the longest of values that are too long for one record, and count them.

        Args:
            values: changed in place; keys of our own stay.
            what: "row" or "summary".
        """
        while (size := len(encode_extended({what: values}))) > MAX_ROW_BYTES:
            key = max((k for k in values if k not in OWN_KEYS), key=lambda k: len(encode_extended(values[k])))
            del values[key]
            self._journal.count("rejected_values")
            warn_once(
                f"{what} bytes {key}",
                f"a {what} of {size:,} bytes is too long (at most {MAX_ROW_BYTES:,}); its longest value, "
                f"{shorten(key)}, is left out. Save it as a file",
            )

    def tell(self, tally: Tally) -> None:
        """Count what became of the values of one call, and say it once a reason."""
        if tally.coerced:
            self._journal.count("coerced_values", tally.coerced)
        n = len(tally.rejected) + len(tally.too_large)
        if n:
            self._journal.count("rejected_values", n)
        for dotted, error in tally.rejected[:10]:
            # The sentence about a key names it; it may have none that could stand in front.
            about = str(error) if error.cause in ("key", "key type") else f"{shorten(dotted)} is not recorded: {error}"
            warn_once(f"value {error.cause}", about)

    def _read_clock(self) -> None:
        """Take the time of day anew; somebody may have set the clock."""
        before, self._skew = self._skew, self._compare_clocks()
        if not -_CLOCK_JUMP_S < self._skew - before < _CLOCK_JUMP_S:
            self._journal.count("clock_jumps")

    def _compare_clocks(self) -> float:
        """Give by how much the wall clock is ahead of the monotonic one."""
        skew = 0.0
        for _ in range(3):
            before = monotonic()
            skew = time() - before
            if monotonic() - before < _CLOCK_READ_S:
                break
        return skew
