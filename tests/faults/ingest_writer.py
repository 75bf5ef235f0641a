"""A process that takes rows in and seals them until it is killed: run by ``test_ingest_failpoints``.

Usage: ``python -m tests.faults.ingest_writer DIRECTORY ACKS CHUNKS``. It goes on where the acks end, as a
client would, one chunk behind (a resend), and writes a line to ACKS after each answer.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path

from runwell.server.domain.access import SYSTEM
from runwell.server.domain.ingest import StreamBody
from tests.unit.metrics.conftest import Engine

CHUNK_ROWS = 50
WRITERS = ("a" * 32, "b" * 32)


def chunk(writer: str, number: int) -> StreamBody:
    """Make a writer's chunk: rows, a console line, a summary, all told from its number."""
    start = number * CHUNK_ROWS
    rows = [
        json.dumps({"_step": i, "_runtime": i * 0.5, "who": writer[0], "v": i * 0.25, "text": f"t{i}"})
        for i in range(start, start + CHUNK_ROWS)
    ]
    return StreamBody(
        files={
            "wandb-history.jsonl": (start, rows),
            "output.log": (number, [json.dumps({"content": f"{writer[0]} line {number}"})]),
            "wandb-summary.json": (0, [json.dumps({f"last_{writer[0]}": number})]),
        }
    )


def main(directory: Path, acks: Path, chunks: int) -> None:
    """Take in ``chunks`` chunks of each writer, sealing all the while."""
    engine = Engine(directory, durable=True)
    run = engine.run()
    done = acks.read_text().split() if acks.exists() else []
    out = os.open(acks, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    over = threading.Event()

    def seal() -> None:
        while not over.is_set():
            engine.sealer.seal_now(run.id)

    sealing = threading.Thread(target=seal, daemon=True)
    sealing.start()
    first = {writer: max(0, done.count(writer[0]) - 1) for writer in WRITERS}
    for number in range(chunks):
        for writer in WRITERS:
            if number >= first[writer]:
                engine.ingest.accept(SYSTEM, run, writer, chunk(writer, number))
                if number >= done.count(writer[0]):
                    os.write(out, f"{writer[0]}\n".encode())
    over.set()
    sealing.join()
    engine.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
