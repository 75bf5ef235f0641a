"""Gymnasium: videos of episodes, as ``RecordVideo`` writes them, kept in the run's rows.

run = runwell.init(monitor_gym=True)    # or, with a key of your own: runwell.gymnasium.monitor("play")
env = gymnasium.wrappers.RecordVideo(env, "videos")
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import runwell

_KEY = "videos"
_patched: list[Any] = []


def monitor(key: str | None = None) -> None:
    """Log every video that ``gymnasium.wrappers.RecordVideo`` finishes from now on, with its episode's number.

    Args:
        key: of the rows; default ``videos``, or what an earlier call said.

    Raises:
        UsageError: gymnasium isn't installed, or is older than 1.0.
    """
    try:
        from gymnasium.wrappers import RecordVideo  # type: ignore[import-not-found]

        original = RecordVideo.stop_recording
    except (ImportError, AttributeError):
        raise runwell.UsageError("monitor() needs gymnasium 1.0 or newer: pip install 'gymnasium[other]'") from None
    if _patched:
        _patched[0] = key or _patched[0]
        return
    _patched.append(key or _KEY)

    def stop_recording(self: Any) -> None:
        name, episode = getattr(self, "_video_name", None), getattr(self, "episode_id", None)
        original(self)
        path = Path(self.video_folder) / f"{name}.mp4"
        run = runwell.run
        if run is None or not name or not path.is_file() or not path.stat().st_size:
            return
        try:
            run.log({_patched[0]: runwell.Video(path), **({} if episode is None else {"episode": episode})})
        except Exception as error:  # never the script's error
            warnings.warn(f"{path.name} isn't logged: {type(error).__name__}: {error}", stacklevel=2)

    RecordVideo.stop_recording = stop_recording
