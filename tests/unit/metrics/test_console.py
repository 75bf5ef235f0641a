"""Console lines: one sequence from any number of writers, later text replaces, pages and search at any size."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runwell.server.domain.access import SYSTEM, Actor, NotFound
from runwell.server.domain.console import Line, pack_block, parse_line, unpack_block
from runwell.server.stores.records import RunRecord
from runwell.wire.errors import InvalidValue

from .conftest import Engine


def say(engine: Engine, run: RunRecord, texts: list[str], offset: int = 0, writer: str = "w") -> None:
    """Send console lines."""
    engine.send(run, [json.dumps({"content": text}) for text in texts], offset, writer, "output.log")


def texts(engine: Engine, run: RunRecord, start: int = 0, limit: int = 10_000) -> list[str]:
    """Give a page's texts."""
    return [line.text for _, line in engine.console.page(SYSTEM, run, start, limit)[1]]


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ('{"ts":"2026-11-23T08:27:50.645291","content":"hi"}', Line(1795422470.645291, "info", None, "hi")),
        ('{"ts":"2026-11-23T08:27:50.645291999Z","content":"hi","level":"error","label":"rank0"}', None),
        ("2026-11-23T08:27:50.5 hello there", Line(1795422470.5, "info", None, "hello there")),
        ("ERROR 2026-11-23T08:27:50 broken", Line(1795422470.0, "error", None, "broken")),
        ("just text", Line(None, "info", None, "just text")),
        ('{"not": "a line"}', Line(None, "info", None, '{"not": "a line"}')),
        ('{"ts":"yesterday","content":"hi\\n"}', Line(None, "info", None, "hi")),
        ('{"ts":5,"content":"a\\nb\\r\\nc"}', Line(None, "info", None, "a b c")),
        ("", Line(None, "info", None, "")),
    ],
)
def test_both_forms_of_a_line_are_read(raw: str, line: Line | None) -> None:
    assert parse_line(raw) == (line or Line(1795422470.645291, "error", "rank0", "hi"))


def test_a_line_beyond_the_limit_is_cut_and_says_so() -> None:
    line = parse_line("x" * (1024 * 1024 + 500))
    assert line.text.endswith("… 500 bytes cut")


@given(
    st.lists(
        st.builds(
            Line,
            st.one_of(st.none(), st.floats(0, 2e9)),
            st.sampled_from(["info", "error"]),
            st.one_of(st.none(), st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)),
            st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"])),
        ),
        min_size=1,
        max_size=256,
    )
)
def test_a_block_gives_back_its_lines(lines: list[Line]) -> None:
    assert unpack_block(pack_block(lines)) == lines


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_order_of_chunks_ends_as_one_sequence_with_the_last_text_of_every_line(tmp_path_factory, data) -> None:
    engine = Engine(tmp_path_factory.mktemp("console"))
    try:
        run = engine.run()
        said: dict[tuple[str, int], str] = {}
        for turn in range(data.draw(st.integers(1, 12))):
            writer = data.draw(st.sampled_from(["a", "b"]))
            start = data.draw(st.integers(0, 700))
            count = data.draw(st.integers(1, 300))
            say(engine, run, [f"{writer}{line}.{turn}" for line in range(start, start + count)], start, writer)
            said.update({(writer, line): f"{writer}{line}.{turn}" for line in range(start, start + count)})
            found = texts(engine, run)
            assert sorted(found) == sorted(said.values())
        numbers = [number for number, _ in engine.console.page(SYSTEM, run, 0, 10_000)[1]]
        assert numbers == list(range(len(said)))
    finally:
        engine.close()


def test_a_progress_bar_keeps_its_line(engine: Engine) -> None:
    run = engine.run()
    say(engine, run, ["start", "10 %"])
    for percent in range(20, 101, 20):
        say(engine, run, [f"{percent} %"], 1)
    say(engine, run, ["100 %", "done"], 1)
    assert texts(engine, run) == ["start", "100 %", "done"]


def test_lines_of_two_writers_keep_the_number_they_got_when_they_first_came(engine: Engine) -> None:
    run = engine.run()
    say(engine, run, ["a0", "a1"], 0, "a")
    say(engine, run, ["b0"], 0, "b")
    say(engine, run, ["a1 again", "a2"], 1, "a")
    say(engine, run, ["b0", "b1"], 0, "b")
    assert texts(engine, run) == ["a0", "a1 again", "b0", "a2", "b1"]


def test_a_million_lines_are_paged_and_searched(engine: Engine) -> None:
    run = engine.run()
    for start in range(0, 1_000_000, 100_000):
        lines = [f"line {i} {'NEEDLE' if i in (5, 777_777) else 'hay'}" for i in range(start, start + 100_000)]
        engine.send(run, lines, start, "w", "output.log")
    assert texts(engine, run, 654_321, 2) == ["line 654321 hay", "line 654322 hay"]
    assert texts(engine, run, -1, 5) == ["line 999999 hay"]
    assert texts(engine, run, 2_000_000, 5) == []
    assert engine.console.search(SYSTEM, run, "needle", regex=False) == (1_000_000, [5, 777_777], False)
    assert engine.console.search(SYSTEM, run, r"^line 7+ needle$", regex=True)[1] == [777_777]
    assert engine.console.search(SYSTEM, run, "hay", regex=False, start=500, limit=3)[1:] == ([500, 501, 502], True)
    assert sum(part.count("\n") for part in engine.console.text(SYSTEM, run)) == 1_000_000


def test_no_expression_holds_the_server_up_and_a_broken_one_is_named(engine: Engine) -> None:
    run = engine.run()
    say(engine, run, ["a" * 5_000 + "!"])
    assert engine.console.search(SYSTEM, run, "(a+)+$", regex=True)[1] == []
    with pytest.raises(InvalidValue, match="no regular expression"):
        engine.console.search(SYSTEM, run, "(", regex=True)


def test_a_console_is_only_its_owners(engine: Engine) -> None:
    run = engine.run()
    say(engine, run, ["secret"])
    stranger = Actor(9, "eve", "eve", False, frozenset({999}))
    for work in (
        lambda: engine.console.page(stranger, run, 0, 10),
        lambda: engine.console.search(stranger, run, "s", regex=False),
        lambda: engine.console.text(stranger, run),
    ):
        with pytest.raises(NotFound):
            work()
