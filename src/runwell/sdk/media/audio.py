"""Sounds: from files or arrays of samples."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import UsageError, shorten

from .media import FileMedia, Media

if TYPE_CHECKING:
    from .place import MediaPlace

_FILE_TYPES = ("wav", "mp3", "ogg", "oga", "flac", "m4a", "aac", "opus", "webm")
_FULL_SCALE = 32_767  # of 16-bit samples


class Audio(FileMedia):
    """A sound.

    Args:
        data_or_path: a path, or samples (frames[, channels]): floats from -1 to 1, or integers of 16 bits.
        sample_rate: samples a second; needed with samples.
        caption: shown with it.

    Raises:
        UsageError: it is no sound.
    """

    kind = "audio-file"
    folder = "audio"

    def __init__(self, data_or_path: Any, sample_rate: int | None = None, caption: str | None = None) -> None:
        super().__init__(caption)
        self.sample_rate = sample_rate
        self.duration_s: float | None = None
        if isinstance(data_or_path, (str, os.PathLike)):
            self._path = os.fspath(data_or_path)
            self._suffix = os.path.splitext(self._path)[1].lower().lstrip(".")
            if self._suffix not in _FILE_TYPES:
                raise UsageError(f"{shorten(self._path)} is no sound file; its name must end with {_FILE_TYPES}")
            if not os.path.isfile(self._path):
                raise UsageError(f"there is no sound file {shorten(self._path)}")
            return
        if not isinstance(sample_rate, int) or sample_rate <= 0:
            raise UsageError(f"samples need sample_rate, in samples a second, not {shorten(sample_rate)}")
        self._suffix = "wav"
        self._data, frames = _encode_wave(data_or_path, sample_rate)
        self.duration_s = frames / sample_rate

    @classmethod
    def group_to_row(cls, items: Sequence[Media], place: MediaPlace) -> dict[str, Any]:
        """Write several sounds."""
        sounds = cls.alike(items)
        row: dict[str, Any] = {"_type": "audio", "count": len(sounds), "audio": [one.to_row(place) for one in sounds]}
        row["sampleRates"] = [one.sample_rate for one in sounds]
        row["durations"] = [one.duration_s for one in sounds]
        if any(one.caption is not None for one in sounds):
            row["captions"] = [one.caption or "" for one in sounds]
        return row


def _encode_wave(samples: Any, sample_rate: int) -> tuple[bytes, int]:
    """Encode samples as a RIFF wave of 16 bits; give it and its frames."""
    import io
    import wave

    import numpy as np

    from .image import as_array

    found = as_array(samples)
    if found.ndim not in (1, 2) or (found.ndim == 2 and not 1 <= found.shape[1] <= 32):
        raise UsageError(f"samples have the shape (frames,) or (frames, channels), not {tuple(found.shape)}")
    if found.dtype.kind == "f":
        found = np.clip(np.nan_to_num(found), -1.0, 1.0) * _FULL_SCALE
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1 if found.ndim == 1 else found.shape[1])
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(np.clip(found, -_FULL_SCALE - 1, _FULL_SCALE).astype("<i2").tobytes())
    return buffer.getvalue(), len(found)
