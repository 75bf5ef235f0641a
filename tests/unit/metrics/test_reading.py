"""Reading histories: whole, by pages of steps, sampled, exported; held to the rows that were logged."""

from __future__ import annotations

import itertools
import json
import math
import os
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from runwell.server.domain import exports as exports_module
from runwell.server.domain.access import SYSTEM, DiskFull, InvalidValue, NotFound
from runwell.server.domain.exports import Exports
from runwell.server.domain.row_parts import RowParts
from runwell.server.domain.tail import Tails
from runwell.server.stores.export_files import ExportFiles
from runwell.wire.numbers import decode_extended, encode_extended
from tests.protocol.official import same

from .conftest import Engine

KEYS = ["loss", "a/b", 'odd"%s', "한 글", "x.y"]
_numbers = st.one_of(st.integers(-5, 5), st.sampled_from([0.5, -0.0, 1e300, math.nan, math.inf, -math.inf, 2**53 + 1]))
_values = st.one_of(_numbers, _numbers, st.sampled_from(["text", "", 'q"\\', "한"]), st.booleans(), st.none())
_any = st.one_of(_values, st.just([1, None]), st.just({"_type": "image-file", "path": "p"}), st.just(10**30))
_rows = st.lists(st.dictionaries(st.sampled_from(KEYS), _any, max_size=4), min_size=1, max_size=40)
_serial = itertools.count()


def written(row: dict[str, Any]) -> bytes:
    return encode_extended(dict(sorted(row.items())))


@settings(
    max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=_rows,
    jumps=st.lists(st.sampled_from([1, 1, 1, 0, 3, -2]), min_size=40, max_size=40),
    seals=st.sets(st.integers(0, 40), max_size=2),
    low=st.integers(0, 30),
    width=st.integers(0, 20),
    limit=st.integers(1, 12),
    asked=st.lists(st.sampled_from([*KEYS, "_step", "unknown"]), min_size=1, max_size=3),
)
def test_every_way_of_reading_gives_the_rows_that_were_logged(
    engine: Engine, rows: Any, jumps: Any, seals: Any, low: int, width: int, limit: int, asked: list[str]
) -> None:
    run = engine.run(f"r{next(_serial)}")
    step = 5
    for row, jump in zip(rows, jumps, strict=False):
        step = row["_step"] = max(0, step + jump)
    sent = 0
    for end in sorted({min(seal, len(rows)) for seal in seals} | {len(rows) // 2, len(rows)}):
        engine.send(run, [encode_extended(row).decode() for row in rows[sent:end]], sent)
        sent = end
        if end in seals:
            engine.sealer.seal_now(run.id)
    expected = [{key: value for key, value in row.items() if value != {}} for row in rows]
    history = engine.history

    def lines(*args: Any, **more: Any) -> list[Any]:
        found = itertools.chain.from_iterable(history.lines(SYSTEM, run, *args, **more))
        return [decode_extended(line) for line in found]

    def having(keys: Any, every: bool = False, of: Any = None) -> list[Any]:
        check = all if every else any
        return [row for row in (expected if of is None else of) if check(key in row for key in keys)]

    inside = [row for row in expected if low <= row["_step"] <= low + width]
    assert same(engine.rows(run), expected) and same(lines(), expected)
    assert same(lines(None, low, low + width), inside) and same(lines(None, low, low + width, paged=True), inside)
    pages = [row for first in range(0, 60, 7) for row in lines(None, first, first + 6, paged=True)]
    assert sorted(map(written, pages)) == sorted(map(written, expected))
    some = [{key: row[key] for key in row if key in asked or key == "_step"} for row in having(asked)]
    assert same(lines(asked), some) and same(engine.rows(run, asked), some)

    whole = [{key: row[key] for key in asked} for row in having(asked, every=True)]
    assert same(history.sample_of_keys(SYSTEM, run, asked, 1000), whole)
    ranged = [{key: row[key] for key in asked} for row in having(asked, every=True, of=inside)]
    assert same(history.sample_of_keys(SYSTEM, run, asked, 1000, low, low + width), ranged)

    def is_even(found: list[Any], all_rows: list[Any]) -> bool:
        if len(all_rows) <= limit:
            return same(found, all_rows)
        if limit == 1:
            return same(found, all_rows[-1:])
        places = [n * (len(all_rows) - 1) // (limit - 1) for n in range(limit)]
        return same(found, [all_rows[place] for place in places])

    assert is_even([decode_extended(line) for line in history.sample(SYSTEM, run, limit)], expected)
    assert is_even(history.sample_of_keys(SYSTEM, run, asked, limit), whole)
    assert is_even(history.sample_of_keys(SYSTEM, run, asked, limit, low, low + width), ranged)


@pytest.fixture
def exports(engine: Engine, tmp_path: Path) -> Exports:
    parts = RowParts(engine.catalog, engine.segments, Tails(engine.catalog))
    return Exports(engine.catalog, parts, ExportFiles(tmp_path / "exports"))


def ended(engine: Engine, rows: list[dict[str, Any]]) -> Any:
    run = engine.run()
    engine.log(run, rows)
    engine.send(run, [], complete=True, exitcode=0)
    return engine.run()


@pytest.mark.parametrize("late", [False, True])
def test_an_export_has_every_row_once_in_the_order_of_steps(
    engine: Engine, exports: Exports, monkeypatch: pytest.MonkeyPatch, late: bool
) -> None:
    monkeypatch.setattr(exports_module, "BATCH_CELLS", 200)  # many row groups
    steps = [(n * 37) % 500 if late else n // 2 for n in range(500)]
    rows = [{"_step": step, "n": n} | ({"rare": n / 2} if n % 9 == 0 else {}) for n, step in enumerate(steps)]
    run = ended(engine, rows[:300])
    engine.sealer.seal_now(run.id)
    engine.log(run, rows[300:], 300)
    version = exports.version(SYSTEM, run)
    assert version is not None
    file = pq.ParquetFile(exports.file(run.id, version))
    assert file.metadata.num_row_groups > 5
    found = [{k: v for k, v in row.items() if v is not None} for row in file.read().to_pylist()]
    assert found == sorted(rows, key=lambda row: row["_step"])


def test_an_export_is_made_once_a_version_and_removed_when_nobody_asks(
    engine: Engine, exports: Exports, tmp_path: Path
) -> None:
    run = ended(engine, [{"_step": n, "x": n} for n in range(9)])
    version = exports.version(SYSTEM, run)
    assert version is not None
    path = exports.file(run.id, version)
    made_at = path.stat().st_ino
    assert exports.file(run.id, version).stat().st_ino == made_at
    engine.log(run, [{"_step": 9, "x": 9}], 9)
    with pytest.raises(NotFound, match="ask again"):
        exports.file(run.id, version)
    newer = exports.version(SYSTEM, run)
    assert newer is not None and newer != version
    assert pq.read_table(exports.file(run.id, newer)).num_rows == 10
    assert exports.sweep() == 0
    long_ago = time.time() - 2 * 24 * 3600
    os.utime(path, (long_ago, long_ago))
    (tmp_path / "exports" / "torn.parquet.1.tmp").write_bytes(b"PAR1")
    assert exports.sweep() == 1 and not path.exists()
    assert ExportFiles(tmp_path / "exports").sweep(most_bytes=0) == 1
    assert ExportFiles(tmp_path / "none").sweep() == 0


def test_who_is_about_to_scan_gets_no_file(engine: Engine, exports: Exports) -> None:
    now = [0.0]
    exports._clock = lambda: now[0]
    run = ended(engine, [{"_step": 0, "x": 1}])
    assert exports.is_whole(SYSTEM, run)
    exports.note_scan(SYSTEM, run)
    assert not exports.is_whole(SYSTEM, run)
    assert exports.is_whole(SYSTEM, run)  # what it asks next is another thing
    exports.note_scan(SYSTEM, run)
    exports.forget_scan(SYSTEM, run)
    assert exports.is_whole(SYSTEM, run)
    exports.note_scan(SYSTEM, run)
    now[0] += 6
    assert exports.is_whole(SYSTEM, run)
    goes_on = engine.run("other")
    engine.log(goes_on, [{"_step": 0, "x": 1}])
    assert not exports.is_whole(SYSTEM, engine.run("other"))


def test_what_can_not_be_exported_says_why(
    engine: Engine, exports: Exports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = engine.run()
    assert exports.version(SYSTEM, run) is None
    run = ended(engine, [{"_step": 0, "x": 1, "y": 2}])
    version = exports.version(SYSTEM, run)
    assert version is not None
    exports._has_room = lambda: False
    with pytest.raises(DiskFull, match="no room"):
        exports.file(run.id, version)
    assert not list((tmp_path / "exports").iterdir())
    monkeypatch.setattr(exports_module, "MAX_EXPORT_KEYS", 2)
    with pytest.raises(InvalidValue, match=r"3 keys.*scan_history"):
        exports.version(SYSTEM, run)


def test_a_page_of_a_long_run_reads_the_catalog_only_once_for_its_segment(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runwell.server.domain import row_parts

    run = engine.run()
    engine.send(run, [json.dumps({"_step": n, "x": n / 7, "t": str(n)}) for n in range(5_000)])
    engine.sealer.seal_now(run.id)
    read: list[int] = []
    decode = row_parts.read_values
    monkeypatch.setattr(row_parts, "read_values", lambda *args, **more: read.append(1) or decode(*args, **more))
    for first in range(0, 5_000, 500):
        [page] = [part for part in engine.history.lines(SYSTEM, run, None, first, first + 499, paged=True) if part]
        assert [json.loads(line)["_step"] for line in page] == list(range(first, first + 500))
    assert len(read) == 1
