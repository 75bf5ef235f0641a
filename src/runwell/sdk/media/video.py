"""Videos: from files or arrays of frames."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import is_a, path_of, read_from, refusing, text_of

from .media import FileMedia, Media

if TYPE_CHECKING:
    from .place import MediaPlace

_FILE_TYPES = ("mp4", "webm", "gif", "ogg")
_CODECS = {"mp4": "libx264", "webm": "libvpx-vp9", "ogg": "libtheora"}
DEFAULT_FPS = 4


class Video(FileMedia):
    """A video.

    Args:
        data_or_path: a path, an open binary file, or frames: an array ([batch,] time, channels, height, width); a batch
            is drawn side by side. Bytes, or floats from 0 to 1.
        caption: shown with it.
        fps: frames a second of an array; 4.
        format: "gif" (default for arrays), "mp4", "webm" or "ogg".

    Raises:
        UsageError: it is no video, or what encodes it isn't installed.
    """

    kind = "video-file"
    folder = "videos"

    @refusing("Video")
    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        fps: int | None = None,
        format: str | None = None,  # noqa: A002
    ) -> None:
        super().__init__(caption)
        self.size: tuple[int, int] | None = None
        self._suffix = "gif" if format is None else text_of(format).lower()
        if self._suffix not in _FILE_TYPES:
            raise UsageError(f"format {shorten(format)} is none of {', '.join(_FILE_TYPES)}")
        if is_a(data_or_path, str) or hasattr(type(data_or_path), "__fspath__"):
            self._path = path_of(data_or_path, "Video")
            self._suffix = os.path.splitext(self._path)[1].lower().lstrip(".")
            if self._suffix not in _FILE_TYPES:
                raise UsageError(f"{shorten(self._path)} is no video; its name must end with one of {_FILE_TYPES}")
            if not os.path.isfile(self._path):
                raise UsageError(f"there is no video file {shorten(self._path)}")
        elif hasattr(data_or_path, "read"):
            if format is None:
                raise UsageError(f"say the format of an open file: one of {', '.join(_FILE_TYPES)}")
            self._data = read_from(data_or_path, "Video")
        else:
            frames = _frames(data_or_path)
            self.size = (frames.shape[2], frames.shape[1])
            self._data = _encode(frames, DEFAULT_FPS if fps is None else fps, self._suffix)

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write the video."""
        row = super().to_row(place)
        if self.size is not None:
            row["width"], row["height"] = self.size
        return row

    @classmethod
    def group_to_row(cls, items: Sequence[Media], place: MediaPlace) -> dict[str, Any]:
        """Write several videos."""
        videos = cls.alike(items)
        row: dict[str, Any] = {"_type": "videos", "count": len(videos), "videos": [one.to_row(place) for one in videos]}
        row["captions"] = [one.caption or "" for one in videos] if any(one.caption for one in videos) else False
        return row


def _frames(data: Any) -> Any:
    """Give frames as bytes (time, height, width, 3)."""
    import numpy as np

    from .arrays import as_array
    from .image import to_bytes

    found = as_array(data)
    if found.ndim == 5:  # a batch: side by side
        found = np.concatenate(list(found), axis=3)
    if found.ndim != 4 or found.shape[1] not in (1, 3, 4) or not found.size:
        raise UsageError(f"frames have the shape (time, 1 | 3 | 4, height, width), not {tuple(found.shape)}")
    frames = to_bytes(found).transpose(0, 2, 3, 1)
    return np.repeat(frames, 3, axis=3) if frames.shape[3] == 1 else np.ascontiguousarray(frames[..., :3])


def _encode(frames: Any, fps: int, file_type: str) -> bytes:
    if not 0 < fps <= 240:
        raise UsageError(f"fps {shorten(fps)} must be from 1 to 240")
    if file_type == "gif":
        return _encode_gif(frames, fps)
    import tempfile

    try:
        import imageio_ffmpeg
    except ImportError:
        raise UsageError(f"{file_type} needs imageio-ffmpeg: pip install 'runwell[media]' (a gif needs none)") from None
    with tempfile.TemporaryDirectory(prefix="runwell-video-") as folder:
        path = os.path.join(folder, f"video.{file_type}")
        size = (frames.shape[2], frames.shape[1])
        # Codecs want even sides; browsers play yuv420p alone.
        writer = imageio_ffmpeg.write_frames(
            path, size, fps=fps, codec=_CODECS[file_type], macro_block_size=2, output_params=["-loglevel", "error"]
        )
        writer.send(None)
        for frame in frames:
            writer.send(frame.tobytes())
        writer.close()
        with open(path, "rb") as file:
            return file.read()


def _encode_gif(frames: Any, fps: int) -> bytes:
    import io

    from .image import to_picture

    pictures = [to_picture(frame) for frame in frames]
    buffer = io.BytesIO()
    pictures[0].save(
        buffer, "GIF", save_all=True, append_images=pictures[1:], duration=max(20, round(1000 / fps)), loop=0
    )
    return buffer.getvalue()
