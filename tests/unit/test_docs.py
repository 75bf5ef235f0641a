"""What the documentation says is there: links, tests, commands, limits."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from runwell.wire import limits

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("benchmarks/**/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
SOURCE = re.compile(r'<(?:img|source)[^>]*? src(?:set)?="([^"]+)"')
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
# `tests/unit/test_x.py::test_name`, or a file or folder of tests
TEST_NAME = re.compile(r"`(tests/[\w/.-]+?)(?:::(\w+))?`")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def anchors(page: Path) -> set[str]:
    """Give the anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    plain = (re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower() for heading in headings)
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    text = FENCE.sub("", text_of(page))
    for target in LINK.findall(text) + SOURCE.findall(text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        assert file.exists(), f"{name(page)} links to {target}, which isn't there"
        if anchor:
            assert anchor in anchors(file), f"{name(page)} links to {target}, a heading that isn't there"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_test_that_a_page_names_exists(page: Path) -> None:
    for file, function in TEST_NAME.findall(text_of(page)):
        path = ROOT / file
        assert path.exists(), f"{name(page)} names {file}, which isn't there"
        if function:
            assert re.search(rf"def {function}\b", text_of(path)), f"{name(page)}: {file} has no {function}"


def test_every_promise_names_a_test() -> None:
    promises = re.split(r"^## ", text_of(ROOT / "docs/promises.md"), flags=re.MULTILINE)[1:]
    assert len(promises) >= 9
    for promise in promises:
        title = promise.splitlines()[0]
        tested = TEST_NAME.findall(promise)
        assert tested or "Not there yet" in promise, f"the promise {title!r} names no test"


def test_every_command_in_the_pages_exists() -> None:
    used: set[tuple[str, ...]] = set()
    for page in PAGES:
        for command in re.findall(r"(?:^|[`(])runwell ((?:[a-z-]+ ?)+)", text_of(page), re.MULTILINE):
            words = command.split()
            used.add(tuple(words[:3]) if words[0] == "admin" else (words[0],))
    assert used, "the pages show no command at all"
    for words in sorted(used):
        done = subprocess.run(
            [sys.executable, "-m", "runwell.cli.main", *words, "--help"], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, f"`runwell {' '.join(words)}` is in the pages: {done.stdout}{done.stderr}"


def test_every_make_target_in_the_pages_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of(ROOT / "Makefile"), re.MULTILINE))
    for page in PAGES:
        for target in re.findall(r"(?:^|`)make ([a-z-]+)", text_of(page), re.MULTILINE):
            assert target in targets, f"{name(page)} says `make {target}`"


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("{} MiB", limits.MAX_JSON_BODY_BYTES / limits.MIB),
        ("{} MiB, ", limits.MAX_ROW_BYTES / limits.MIB),
        ("{} keys", limits.MAX_ROW_KEYS),
        ("{} levels", limits.MAX_DEPTH),
        ("keys of a run | {}", limits.MAX_RUN_KEYS),
        ("a key | {} bytes", limits.MAX_KEY_BYTES),
        ("a name | {} characters", limits.MAX_NAME_CHARS),
        ("0 to {}", limits.MAX_STEP),
        ("{} MiB from our SDK", limits.MAX_CONFIG_BYTES / limits.MIB),
        ("{} MiB from the official client", limits.MAX_CONFIG_WIRE_BYTES / limits.MIB),
        ("{} KiB, ", limits.MAX_GRAPHQL_DOCUMENT_BYTES / limits.KIB),
        ("{} tokens", limits.MAX_GRAPHQL_TOKENS),
        ("{} aliases", limits.MAX_GRAPHQL_ALIASES),
        ("{} levels, ", limits.MAX_GRAPHQL_DEPTH),
        ("series answer | {}", limits.MAX_SERIES_POINTS),
        ("{} pixels", limits.MAX_SERIES_WIDTH_PX),
        ("a listing | {}", limits.MAX_PAGE),
    ],
)
def test_the_limits_on_the_security_page_are_the_ones_in_force(words: str, value: float) -> None:
    assert words.format(f"{value:,.0f}") in text_of(ROOT / "docs/security.md")


def test_the_times_that_the_pages_quote_are_the_ones_in_force() -> None:
    crashed = f"{limits.CRASHED_AFTER_S / 60:.0f} minutes"
    assert crashed in text_of(ROOT / "docs/concepts.md")
    assert crashed in text_of(ROOT / "docs/operate.md")
    assert f"{limits.LATE_SERVER_S / 60:.0f} minutes after the script's end" in text_of(ROOT / "docs/start.md").replace(
        "\n", " "
    )


def test_the_journal_page_names_every_record_kind_and_no_other() -> None:
    from runwell.wire import records

    kinds = {
        value
        for constant, value in vars(records).items()
        if constant.isupper()
        and isinstance(value, str)
        and not constant.endswith(("DIR", "JOURNAL", "FILE", "LOCK", "LOG"))
    } | {records.FILE}
    table = re.findall(r"^\| `(\w+)` \|", text_of(ROOT / "docs/journal.md"), re.MULTILINE)
    assert set(table) == kinds


def test_the_readme_shows_the_script_that_the_demo_trains() -> None:
    script = text_of(ROOT / "examples/ten_lines.py").strip()
    assert script in text_of(ROOT / "README.md")


def test_the_readme_quotes_only_measured_figures() -> None:
    """Each row of the README's table stands in docs/benchmarks.md with the same values."""
    readme, measured = text_of(ROOT / "README.md"), text_of(ROOT / "docs/benchmarks.md")
    rows = [line for line in readme.splitlines() if line.startswith("|") and "**" in line]
    for line in rows:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        source = next((other for other in measured.splitlines() if other.startswith(f"| {cells[0]} |")), None)
        assert source, f"README quotes {cells[0]!r}, which docs/benchmarks.md doesn't have"
        for cell in cells[1:]:
            assert cell in source, f"README says {cell!r} for {cells[0]!r}; docs/benchmarks.md says {source}"


def test_pictures_in_the_pages_are_small() -> None:
    for picture in (ROOT / "docs/images").glob("*.png"):
        assert picture.stat().st_size < 300_000, f"{name(picture)} is too large for a README"
