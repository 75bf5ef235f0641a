"""The official wandb client, offline, with its defaults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

LABEL = "wandb (offline)"
DISTRIBUTION = "wandb"
IMPORT = "import wandb"

BLOCK = 32 * 1024
FILE_HEADER = 7
RECORD_HEADER = 7  # checksum 4 bytes, length 2, type 1
FULL, FIRST, MIDDLE, LAST = 1, 2, 3, 4


def begin(folder: Path) -> tuple[Callable[[dict[str, Any]], Any], Callable[[], Any]]:
    import wandb

    run = wandb.init(project="benchmark", mode="offline", dir=str(folder), settings=wandb.Settings(silent=True))
    return run.log, run.finish


def rows_kept(folder: Path) -> int:
    from wandb.proto import wandb_internal_pb2

    rows = 0
    for file in folder.glob("wandb/offline-run-*/*.wandb"):
        for data in _records(file.read_bytes()):
            record = wandb_internal_pb2.Record()
            try:
                record.ParseFromString(data)
            except Exception:
                break
            rows += record.WhichOneof("record_type") == "history"
    return rows


def _records(data: bytes) -> Iterator[bytes]:
    """Read the intact records of a transaction log.

    Source: the log format of LevelDB (blocks of 32 KiB, records split over them), behind a file header.
    """
    position, parts = FILE_HEADER, b""
    while position + RECORD_HEADER <= len(data):
        left = BLOCK - position % BLOCK
        if left < RECORD_HEADER:
            position += left
            continue
        length = int.from_bytes(data[position + 4 : position + 6], "little")
        kind = data[position + 6]
        body = data[position + RECORD_HEADER : position + RECORD_HEADER + length]
        if kind not in (FULL, FIRST, MIDDLE, LAST) or len(body) < length:
            return
        position += RECORD_HEADER + length
        parts = body if kind in (FULL, FIRST) else parts + body
        if kind in (FULL, LAST):
            yield parts
