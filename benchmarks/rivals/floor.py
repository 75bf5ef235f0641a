"""The floor: what recording costs when nothing but the bytes is done. No recorder can be below it for long.

A row is copied, encoded, framed with its checksum and appended with one `write`, as the journal's form asks.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

LABEL = "floor"
DISTRIBUTION = None
IMPORT = "import orjson, zlib, os"


def begin(folder: Path) -> tuple[Callable[[dict[str, Any]], Any], Callable[[], Any]]:
    import zlib

    import orjson

    file = os.open(folder / "rows", os.O_APPEND | os.O_CREAT | os.O_WRONLY, 0o600)
    step = 0

    def log(row: dict[str, Any]) -> None:
        nonlocal step
        line = orjson.dumps({"row": {"_step": step, **row}})
        os.write(file, b"%08x %b\n" % (zlib.crc32(line), line))
        step += 1

    return log, lambda: os.close(file)


def rows_kept(folder: Path) -> int:
    return (folder / "rows").read_bytes().count(b"\n")
