"""TensorFlow's ``tf.summary``, whose writers write event files from C++: the files are read as they grow.

A writer is noticed where Python asks TensorFlow for it, which also makes it write at least once a second. A thread
then reads what is new in this process's files, and hands it over before the run ends. TensorFlow is never imported
here: a script that does without it pays nothing.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import os
import struct
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import runwell

POLL_S = 1.0
FLUSH_MS = 1_000  # TensorFlow's own two minutes are too long to watch a training by
MAX_RECORD_BYTES = 256 * 1024 * 1024  # a larger length is damage
MAX_FOLDERS = 1_000
_OPS = "tensorflow.python.ops.gen_summary_ops"  # where every writer of tf.summary is made, tf.compat.v1's too
_MARK = "tfevents"

Events = list[tuple[Path, Any]]


class _File:
    """One growing event file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read = 0
        self._damaged = False
        self._plugins: dict[str, bytes] = {}  # tag → what its first event alone may say of it

    def new(self) -> Iterator[Any]:
        """Give the events that are whole and weren't given yet."""
        from tensorboard.compat.proto.event_pb2 import Event  # type: ignore[import-not-found]

        for record in self._records():
            event = Event.FromString(record)
            for value in event.summary.value:
                if value.metadata.plugin_data.plugin_name:
                    self._plugins.setdefault(value.tag, value.metadata.SerializeToString())
                elif value.tag in self._plugins:
                    value.metadata.ParseFromString(self._plugins[value.tag])
            yield event

    def _records(self) -> Iterator[bytes]:
        if self._damaged or self.path.stat().st_size <= self._read:
            return
        with self.path.open("rb") as file:
            file.seek(self._read)
            while len(head := file.read(12)) == 12:  # length and its checksum, which the file system has checked before
                (length,) = struct.unpack("<Q", head[:8])
                if length > MAX_RECORD_BYTES:
                    self._damaged = True
                    raise ValueError(f"{self.path} is damaged at byte {self._read:,}: what follows isn't read")
                body = file.read(length + 4)
                if len(body) < length + 4:  # still being written
                    return
                self._read += 12 + length + 4
                yield body[:-4]


class _Reader:
    """Reads the event files that this process's writers make, in a thread of its own.

    Args:
        take: gets new events, in the order of their time.
    """

    def __init__(self, take: Callable[[Events], None]) -> None:
        self._take = take
        self._lock = threading.Lock()
        self._folders: dict[tuple[Path, str], set[Path]] = {}  # and suffix, with the files that were there before
        self._held: Events = []  # of the last step that was read: there may be more of it
        self._files: dict[Path, _File] = {}
        self._writers: list[Any] = []  # TensorFlow's resources, kept to make them flush
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._runs: set[str] = set()  # that will ask for the rest before they end
        self._said: set[str] = set()

    def add(self, folder: Path, suffix: str, writer: Any) -> None:
        """Read from now on what a writer puts into a folder, into files whose names end so."""
        with self._lock:
            place = folder.absolute(), suffix
            if place not in self._folders and len(self._folders) < MAX_FOLDERS:
                self._folders[place] = {*place[0].glob(f"*{_MARK}*")} if place[0].is_dir() else set()
            self._writers.append(writer)
        self._ask_the_run()
        if self._thread is None:
            self._thread = threading.Thread(target=self._go_on, name="runwell-event-files", daemon=True)
            self._thread.start()

    def catch_up(self) -> None:
        """Make writers write, and read it all."""
        ops = sys.modules.get(_OPS)
        for writer in list(self._writers):
            try:
                ops.flush_summary_writer(writer)  # type: ignore[union-attr]
            except Exception:  # it is closed: what it had to write is written
                self._writers.remove(writer)
        self.poll(to_the_end=True)

    def poll(self, to_the_end: bool = False) -> None:
        """Read what is new; what can't be read is said once.

        Args:
            to_the_end: nothing is held back till more of its step may have come.
        """
        with self._lock:
            events: Events = []
            for file in self._own_files():
                try:
                    events += [(file.path, event) for event in file.new() if event.HasField("summary")]
                except Exception as error:  # never the script's error
                    self._say_once(f"{file.path.name} isn't read: {type(error).__name__}: {error}")
            events.sort(key=lambda pair: pair[1].wall_time)
            whole = to_the_end or not events
            events = self._held + events
            kept = len(events)
            while not whole and kept and events[kept - 1][1].step == events[-1][1].step:
                kept -= 1
            events, self._held = events[:kept], events[kept:]
            try:
                self._take(events)
            except runwell.RunwellError:
                pass  # the run has ended: the events are in their file
            except Exception as error:
                self._say_once(f"TensorBoard events aren't logged: {type(error).__name__}: {error}")

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()

    def _go_on(self) -> None:
        while not self._ended.wait(POLL_S):
            self._ask_the_run()
            self.poll()

    def _ask_the_run(self) -> None:
        run = runwell.run
        if run is not None and run.id not in self._runs:
            self._runs.add(run.id)
            run.before_end(self.catch_up)

    def _own_files(self) -> list[_File]:
        own = f".{os.getpid()}."  # of the name: other processes' files are theirs to log
        for (folder, suffix), before in self._folders.items():
            for path in sorted(folder.glob(f"*{_MARK}*")) if folder.is_dir() else ():
                if path not in self._files and path not in before and own in path.name and path.name.endswith(suffix):
                    self._files[path] = _File(path)
        return list(self._files.values())

    def _say_once(self, text: str) -> None:
        if text not in self._said and len(self._said) < 100:
            self._said.add(text)
            warnings.warn(text, stacklevel=2)


_reader: list[_Reader] = []
_original: list[Callable[..., Any]] = []


def listen(take: Callable[[Events], None]) -> None:
    """Read from now on what TensorFlow's writers write, those that are made from now on.

    Args:
        take: gets new events with their files, in the order of their time; in another thread, or before a run ends.
    """
    _reader[:] = [_Reader(take)]
    loaded = sys.modules.get(_OPS)
    if loaded is not None:
        _patch(loaded)
    elif not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def stop() -> None:
    """Read nothing any more."""
    for reader in _reader:
        reader.catch_up()
        reader.stop()
    _reader.clear()
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, _Finder)]
    if _original:
        sys.modules[_OPS].create_summary_file_writer = _original.pop()  # type: ignore[attr-defined]


class _Finder(importlib.abc.MetaPathFinder):
    """Waits for the one module of TensorFlow to be imported by the script."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Give the module's own specification, with a step more after its execution."""
        if fullname != _OPS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            execute = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                execute(module)
                _patch(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _patch(ops: Any) -> None:
    if _original or not hasattr(ops, "create_summary_file_writer"):
        return
    original = ops.create_summary_file_writer
    _original.append(original)

    def create_summary_file_writer(
        writer: Any, logdir: Any, max_queue: Any, flush_millis: Any, filename_suffix: Any, name: Any = None
    ) -> Any:
        if _reader:
            try:
                _reader[0].add(Path(_text(logdir)), _text(filename_suffix), writer)
                flush_millis = FLUSH_MS
            except Exception:  # within a graph they have no value yet
                warnings.warn("a tf.summary writer that is made within a graph isn't logged", stacklevel=3)
        return original(writer, logdir, max_queue, flush_millis, filename_suffix, name)

    ops.create_summary_file_writer = create_summary_file_writer


def _text(value: Any) -> str:
    return os.fsdecode(value.numpy() if hasattr(value, "numpy") else value)
