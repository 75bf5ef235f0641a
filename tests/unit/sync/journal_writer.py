"""Writes run directories as the SDK does, for tests of what reads them."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

import psutil

from runwell.wire.journal import FORMAT, encode_line, encode_record
from runwell.wire.rows import encode_row


class JournalWriter:
    """One journal of a run directory.

    Args:
        run_dir: made if missing.
        name: file name of the journal.
        **opened: fields of the ``open`` record to change.
    """

    def __init__(self, run_dir: Path, name: str = "main.jsonl", **opened: Any) -> None:
        self.run_dir = run_dir
        self.path = run_dir / "journal" / name
        for folder in ("journal", "files", "sync"):
            (run_dir / folder).mkdir(parents=True, exist_ok=True)
        self.id = uuid.uuid4().hex
        self.rows: list[dict[str, Any]] = []
        payload = {
            "format": FORMAT,
            "journal": self.id,
            "role": "main" if name == "main.jsonl" else "child",
            "run": {"id": "abc12345", "project": "digits"},
            "mode": "online",
            "base_url": "http://127.0.0.1:8080",
            "pid": os.getpid(),
            "process_started": psutil.Process().create_time(),
            "created_at": time.time(),
            "sdk_version": "0.1.0",
            "python_version": "3.11.7",
            **opened,
        }
        self.record("open", payload)

    def record(self, kind: str, payload: Any) -> bytes:
        """Append one record; gives its bytes."""
        line = encode_record(kind, payload)
        self.raw(line)
        return line

    def raw(self, data: bytes) -> None:
        """Append bytes as they are."""
        with self.path.open("ab") as file:
            file.write(data)

    def row(self, **values: Any) -> dict[str, Any]:
        """Append one history row; every second says its time of day, every seventh is written as imports do."""
        step = len(self.rows)
        row = {"_step": step, "_runtime": float(step), "_timestamp": 1e9 + step, **values}
        self.rows.append(row)
        if step % 7 == 6:
            self.record("row", row)
        else:
            self.raw(encode_line(encode_row(step, float(step), values, None if step % 2 else 1e9 + step)))
        return row

    def out(self, number: int, text: str, stream: str = "stdout") -> None:
        """Append one console line."""
        self.record("out", {"n": number, "s": stream, "t": 1e9, "x": text})

    def exit(self, code: int = 0, state: str = "finished", **more: Any) -> None:
        """Append the last record."""
        self.record("exit", {"code": code, "state": state, "runtime": 1.5, **more})
