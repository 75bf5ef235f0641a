"""Gymnasium: videos of episodes, as ``RecordVideo`` writes them, kept in the run's rows.

from runwell.integrations.gymnasium import monitor
monitor()
env = gymnasium.wrappers.RecordVideo(env, "videos")
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import runwell

_patched: list[Any] = []


def monitor(key: str = "videos") -> None:
    """Log every video that ``gymnasium.wrappers.RecordVideo`` finishes from now on to the current run.

    Args:
        key: of the rows.
    """
    from gymnasium.wrappers import RecordVideo  # type: ignore[import-not-found]

    if _patched:
        _patched[0] = key
        return
    original = RecordVideo.stop_recording
    _patched.append(key)

    def stop_recording(self: Any) -> None:
        folder = Path(self.video_folder)
        before = set(folder.glob("*.mp4"))
        original(self)
        run = runwell.run
        for path in sorted(set(folder.glob("*.mp4")) - before):
            if run is not None and path.stat().st_size:
                run.log({_patched[0]: runwell.Video(path)})

    RecordVideo.stop_recording = stop_recording
