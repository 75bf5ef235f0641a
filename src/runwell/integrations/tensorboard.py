"""TensorBoard: what its writers write becomes rows of the current run: scalars, histograms, pictures, texts.

import runwell
run = runwell.init(sync_tensorboard=True)
writer = torch.utils.tensorboard.SummaryWriter()

Writers of torch, of the ``tensorboard`` package and of tensorboardX are heard in the process, as each event is
added; the event files are written as ever, and kept with the run. TensorFlow's own ``tf.summary`` writes from C++:
its files are read as they grow (``event_files``).
"""

from __future__ import annotations

import importlib.util
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import runwell

from . import event_files

STEP = "global_step"
MAX_BINS = 512  # of a histogram in a row: TensorBoard's have up to 1,500, neighbours are added up
# What writes events, and the class there that every event passes.
_WRITERS = (
    ("tensorboard", "tensorboard.summary.writer.event_file_writer"),
    ("tensorboardX", "tensorboardX.event_file_writer"),
)
_HUGE = 1e300  # TensorBoard's outermost edges stand for infinity
_OWN_FOLDERS = ("train", "validation")  # of Keras: they stay in the names though there is one folder alone

_patched: list[tuple[Any, str, Any]] = []
_folders: list[_Folders] = []


class _Folders:
    """The folders that are written to, and what the names of their rows begin with.

    Args:
        root: the folder that all are in; "": found from those that are seen.
        keep_files: whether event files are kept with the run.
    """

    def __init__(self, root: str, keep_files: bool) -> None:
        self._root = Path(root).absolute() if root else None
        self._keep_files = keep_files
        self._prefixes: dict[Path, str] = {}
        self._kept: set[tuple[str, Path]] = set()
        self.run: Any = None  # whose row is being gathered, at which step
        self.step: int | None = None

    def prefix(self, folder: Path) -> str:
        """Give what is put before a folder's tags, once and for all."""
        folder = folder.absolute()
        if folder not in self._prefixes:
            self._prefixes[folder] = self._name(folder)
        return self._prefixes[folder]

    def _name(self, folder: Path) -> str:
        if self._root is not None and folder.is_relative_to(self._root):
            name = folder.relative_to(self._root).as_posix()
        elif self._prefixes:
            first = next(iter(self._prefixes))
            name = Path(os.path.relpath(folder, first if first in folder.parents else first.parent)).as_posix()
        else:
            name = folder.name if folder.name in _OWN_FOLDERS else "."
        return "" if name == "." else f"{name}/"

    def keep_file(self, run: Any, path: Path) -> None:
        """Keep an event file with the run, to be sent when it changed."""
        path = path.absolute()
        if not self._keep_files or (run.id, path) in self._kept or not path.is_file():
            return
        self._kept.add((run.id, path))
        root = self._root if self._root is not None and path.is_relative_to(self._root) else path.parent
        run.save(str(path), base_path=str(root), policy="live")


def is_synced() -> bool:
    """Tell whether TensorBoard's writers are heard."""
    return bool(_patched)


def sync(root_logdir: str = "", keep_files: bool = True) -> None:
    """Log from now on what TensorBoard's writers write to the current run; again: nothing.

    Args:
        root_logdir: the folder that the writers' folders are in: their paths below it begin the names of their rows.
        keep_files: keep the event files with the run.

    Raises:
        UsageError: neither tensorboard, tensorboardX nor TensorFlow is installed.
    """
    if is_synced():
        return
    _folders[:] = [_Folders(root_logdir, keep_files)]
    for package, module in _WRITERS:
        if importlib.util.find_spec(package) is None:
            continue
        writer = getattr(import_module(module), "EventFileWriter", None)
        if writer is not None:
            _patch(writer)
    if not _patched:
        raise runwell.UsageError(
            "sync_tensorboard needs tensorboard or tensorboardX: pip install tensorboard (or leave it out)"
        )
    event_files.listen(_take_rows)


def unpatch() -> None:
    """Hear no writers any more."""
    while _patched:
        owner, name, original = _patched.pop()
        setattr(owner, name, original)
    _folders.clear()
    event_files.stop()


def log(event: Any, step: int | None = None, namespace: str = "") -> None:
    """Log a summary of TensorBoard (or its bytes) as a row of the current run.

    Args:
        event: a ``Summary`` message, or one encoded.
        step: the row's ``global_step``.
        namespace: what the names begin with.
    """
    if isinstance(event, bytes):
        from tensorboard.compat.proto.summary_pb2 import Summary  # type: ignore[import-not-found]

        event = Summary.FromString(event)
    run = runwell.run
    if run is not None:
        row = dict(_values(event, f"{namespace}/" if namespace else ""))
        run.log({**row, **({} if step is None else {STEP: step})})


def _patch(writer: Any) -> None:
    original: Callable[..., None] = writer.add_event

    def add_event(self: Any, event: Any) -> None:
        original(self, event)
        try:
            _hear(self, event)
        except runwell.RunwellError:
            pass  # the run has ended: the event is in its file
        except Exception as error:  # never the script's error
            _say_once(f"a TensorBoard event isn't logged: {type(error).__name__}: {error}")

    writer.add_event = add_event
    _patched.append((writer, "add_event", original))


def _hear(writer: Any, event: Any) -> None:
    run = runwell.run
    if run is None or not _folders or not event.HasField("summary"):
        return
    folders = _folders[0]
    prefix = folders.prefix(Path(str(writer.get_logdir())))
    path = getattr(writer, "_file_name", "") or getattr(getattr(writer, "_ev_writer", None), "_file_name", "")
    if path:
        folders.keep_file(run, Path(str(path)))
    _add_hyperparameters(run, event.summary)
    row = dict(_values(event.summary, prefix))
    if not row:
        return
    # One row a step: it is gathered until an event of another step arrives, or the run ends.
    if folders.run is run and folders.step != event.step:
        run.log({}, commit=True)
    if folders.run is not run:
        run.define_metric(STEP)
        run.define_metric("*", step_metric=STEP, step_sync=False)
    folders.run, folders.step = run, event.step
    row[STEP] = event.step
    if prefix:
        row[prefix + STEP] = event.step
    run.log(row, commit=False)


def _take_rows(events: list[tuple[Path, Any]]) -> None:
    """Log events that were read from files, in the order of their time: a row for each step that they tell of."""
    run = runwell.run
    if run is None or not _folders:
        return
    folders = _folders[0]
    if events and folders.run is not run:
        folders.run = run
        run.define_metric(STEP)
        run.define_metric("*", step_metric=STEP, step_sync=False)
    row: dict[str, Any] = {}
    for path, event in events:
        prefix = folders.prefix(path.parent)
        folders.keep_file(run, path)
        _add_hyperparameters(run, event.summary)
        values = dict(_values(event.summary, prefix))
        if not values:
            continue
        if row and (row[STEP] != event.step or row.keys() & values.keys()):
            run.log(row)
            row = {}
        row |= {**values, STEP: event.step, **({prefix + STEP: event.step} if prefix else {})}
    if row:
        run.log(row)


def _values(summary: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    for value in summary.value:
        made = _value(value)
        if made is not None:
            yield prefix + value.tag.removesuffix("/text_summary"), made


def _value(value: Any) -> Any:
    """Give what a row takes for one value of a summary; None: nothing that it could show."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return value.simple_value
    if kind == "histo":
        return _histogram(value.histo)
    if kind == "image":
        return _picture(value.image.encoded_image_string)
    if kind == "audio":
        return _from_file(value.audio.encoded_audio_string, ".wav", runwell.Audio)
    if kind != "tensor":
        return None
    plugin = value.metadata.plugin_data.plugin_name
    array = _array(value.tensor)
    if array is None:
        return None
    if plugin == "text":
        return "\n".join(_text(part) for part in array.ravel().tolist())
    if plugin == "images":  # width, height, then the pictures
        return [_picture(part) for part in array.ravel().tolist()[2:]]
    if plugin == "audio":  # the sound, and its label
        return _from_file(array.ravel().tolist()[0], ".wav", runwell.Audio)
    if plugin == "histograms" and array.ndim == 2 and len(array):
        edges = [*array[:, 0].tolist(), float(array[-1, 1])]
        return _binned(array[:, 2].tolist(), edges)
    if array.size == 1 and array.dtype.kind in "biuf":
        return array.item()
    return None


def _histogram(histo: Any) -> Any:
    counts, edges = list(histo.bucket), list(histo.bucket_limit)
    if not counts:
        return None
    if len(counts) > 1 and counts[0] == 0:
        counts = counts[1:]  # a bin of nothing, whose upper edge is the lower one of the next
    else:
        edges = [min(histo.min, edges[0]), *edges]
    if edges[-1] > _HUGE:
        edges[-1] = max(histo.max, edges[-2])
    if edges[0] < -_HUGE:
        edges[0] = min(histo.min, edges[1])
    return _binned(counts, edges)


def _binned(counts: list[float], edges: list[float]) -> Any:
    together = -(-len(counts) // MAX_BINS)
    if together > 1:
        edges = [*edges[:-1:together], edges[-1]]
        counts = [sum(counts[at : at + together]) for at in range(0, len(counts), together)]
    whole = [int(count) if float(count).is_integer() else count for count in counts]
    return runwell.Histogram(np_histogram=(whole, edges))


def _picture(encoded: bytes) -> Any:
    if encoded[:4] == b"GIF8":  # what add_video makes
        return _from_file(encoded, ".gif", lambda path: runwell.Video(path, format="gif"))
    from PIL import Image

    return runwell.Image(Image.open(io.BytesIO(encoded)))


def _from_file(encoded: bytes, suffix: str, make: Callable[[str], Any]) -> Any:
    """Make a medium of bytes that it takes from a file; the file is the temporary directory's."""
    with tempfile.NamedTemporaryFile(suffix=suffix, delete=False) as file:
        file.write(encoded)
    return make(file.name)


def _array(tensor: Any) -> Any:
    try:
        from tensorboard.util.tensor_util import make_ndarray  # type: ignore[import-not-found]

        return make_ndarray(tensor)
    except ImportError:  # tensorboardX alone: its texts are all that it writes as tensors
        import numpy as np

        return np.array(list(tensor.string_val), dtype=object) if tensor.string_val else None


def _text(part: Any) -> str:
    return part.decode("utf-8", "replace") if isinstance(part, bytes) else str(part)


def _add_hyperparameters(run: Any, summary: Any) -> None:
    """Take what ``add_hparams`` writes as config."""
    for value in summary.value:
        data = value.metadata.plugin_data
        if data.plugin_name != "hparams" or value.tag != "_hparams_/session_start_info":
            continue
        from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData  # type: ignore[import-not-found]

        started = HParamsPluginData.FromString(data.content).session_start_info
        found = {name: getattr(one, one.WhichOneof("kind") or "string_value") for name, one in started.hparams.items()}
        run.config.update(found, allow_val_change=True)


_said: set[str] = set()


def _say_once(text: str) -> None:
    if text not in _said and len(_said) < 100:
        import warnings

        _said.add(text)
        warnings.warn(text, stacklevel=4)
