"""Sounds: from files or arrays of samples."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import is_a, path_of, refusing

from .media import FileMedia, Media

if TYPE_CHECKING:
    from .place import MediaPlace

_FILE_TYPES = ("wav", "mp3", "ogg", "oga", "flac", "m4a", "aac", "opus", "webm")
_FULL_SCALE = 32_767  # of 16-bit samples
_MAX_RATE = 10_000_000  # samples a second; sound cards end at 768,000


class Audio(FileMedia):
    """A sound.

    Args:
        data_or_path: a path, or samples (frames[, channels]): floats from -1 to 1, or integers of 16 bits;
            arrays of uint8 and, with larger values, of int32 as files of 8 and 32 bits have them.
        sample_rate: samples a second; needed with samples.
        caption: shown with it.

    Raises:
        UsageError: it is no sound.
    """

    kind = "audio-file"
    folder = "audio"

    @refusing("Audio")
    def __init__(self, data_or_path: Any, sample_rate: int | None = None, caption: str | None = None) -> None:
        super().__init__(caption)
        self.sample_rate = None if sample_rate is None else _rate_of(sample_rate)
        self.duration_s: float | None = None
        if is_a(data_or_path, str) or hasattr(type(data_or_path), "__fspath__"):
            self._path = path_of(data_or_path, "Audio")
            self._suffix = os.path.splitext(self._path)[1].lower().lstrip(".")
            if self._suffix not in _FILE_TYPES:
                raise UsageError(f"{shorten(self._path)} is no sound file; its name must end with {_FILE_TYPES}")
            if not os.path.isfile(self._path):
                raise UsageError(f"there is no sound file {shorten(self._path)}")
            return
        if self.sample_rate is None:
            raise UsageError("samples need sample_rate, in samples a second: Audio(samples, sample_rate=16_000)")
        self._suffix = "wav"
        self._data, frames = _encode_wave(data_or_path, self.sample_rate)
        self.duration_s = frames / self.sample_rate

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


def _rate_of(given: Any) -> int:
    """Read a sample rate: a whole number, of numpy's or a float too, as libraries of sound give it."""
    try:
        rate = int(given)
        if rate != given or not 0 < rate <= _MAX_RATE:
            raise ValueError
    except Exception:
        raise UsageError(f"sample_rate is in samples a second, from 1 to {_MAX_RATE:,}, not {shorten(given)}") from None
    return rate


def _encode_wave(samples: Any, sample_rate: int) -> tuple[bytes, int]:
    """Encode samples as a RIFF wave of 16 bits; give it and its frames."""
    import io
    import wave

    import numpy as np

    from .arrays import as_array

    found = as_array(samples)
    if found.ndim not in (1, 2) or (found.ndim == 2 and not 1 <= found.shape[1] <= 32):
        raise UsageError(f"samples have the shape (frames,) or (frames, channels), not {tuple(found.shape)}")
    if found.dtype.kind == "f":
        found = np.clip(np.nan_to_num(found), -1.0, 1.0) * _FULL_SCALE
    elif found.dtype == np.uint8:  # files of 8 bits: silence is 128
        found = (found.astype(np.int32) - 128) * 256
    elif found.dtype == np.int32 and found.size and max(int(found.max()), -int(found.min())) > _FULL_SCALE + 1:
        found = found >> 16  # of 24 or 32 bits
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1 if found.ndim == 1 else found.shape[1])
        file.setsampwidth(2)
        file.setframerate(sample_rate)
        file.writeframes(np.clip(found, -_FULL_SCALE - 1, _FULL_SCALE).astype("<i2").tobytes())
    return buffer.getvalue(), len(found)
