"""Journal lines survive what happens to files."""

import math
import random
import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from runwell.wire import journal
from runwell.wire.numbers import encode_extended

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def same(a, b) -> bool:
    """Equality that tells 1 from 1.0 and True, 0.0 from -0.0, and finds NaN equal to NaN."""
    if type(a) is not type(b):
        return False
    if isinstance(a, float):
        return struct.pack("<d", a) == struct.pack("<d", b) or (math.isnan(a) and math.isnan(b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b


@given(st.dictionaries(st.text(), json_values, max_size=6))
def test_every_record_comes_back_exactly(payload):
    line = journal.encode_record("row", payload)
    assert line.count(b"\n") == 1
    (entry,) = journal.scan(line).entries
    assert entry.kind == "row"
    assert same(entry.payload, payload)
    assert (entry.start, entry.end) == (0, len(line))


def lines_of(n: int) -> list[bytes]:
    return [journal.encode_record("row", {"_step": i, "loss": 1 / (i + 1), "note": "x" * (i % 7)}) for i in range(n)]


def test_reader_skips_a_torn_line_and_goes_on():
    a, b, c = lines_of(3)
    found = journal.scan(a + b[:-9] + b"\n" + c)
    assert [e.payload["_step"] for e in found.entries] == [0, 2]
    assert found.damaged_lines == 1


def test_a_line_without_its_newline_is_not_read_yet():
    a, b, _ = lines_of(3)
    found = journal.scan(a + b[:-1], base=100)
    assert [e.payload["_step"] for e in found.entries] == [0]
    assert found.end == 100 + len(a)
    assert found.torn_bytes == len(b) - 1


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from(["flip", "zero", "cut", "duplicate", "swap", "insert"]))
def test_bit_rot_costs_only_the_lines_it_touched(seed, damage):
    rng = random.Random(seed)
    lines = lines_of(30)
    data = bytearray(b"".join(lines))
    start = rng.randrange(len(data))
    length = min(rng.randrange(1, 400), len(data) - start)
    piece = bytes(data[start : start + length])
    if damage == "flip":
        for i in range(start, start + length):
            data[i] ^= 1 << rng.randrange(8)
    elif damage == "zero":
        data[start : start + length] = b"\0" * length
    elif damage == "cut":
        del data[start : start + length]
    elif damage == "duplicate":
        data[start:start] = piece
    elif damage == "swap":
        other = rng.randrange(len(data) - length + 1)
        data[start : start + length], data[other : other + length] = data[other : other + length], piece
    else:
        data[start:start] = rng.randbytes(length)
    found = journal.scan(bytes(data))
    written = {line[9:-1] for line in lines}
    for entry in found.entries:  # nothing is read that was not written
        assert encode_extended({entry.kind: entry.payload}) in written
    untouched = sum(1 for line in lines if bytes(line) in bytes(data))
    assert len(found.entries) >= untouched - 1


def test_records_of_a_newer_version_are_kept_as_they_are():
    line = journal.encode_record("hologram", [1, 2])
    (entry,) = journal.scan(line).entries
    assert (entry.kind, entry.payload) == ("hologram", [1, 2])
