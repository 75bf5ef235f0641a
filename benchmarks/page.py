"""Writes docs/benchmarks.md from what was measured."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.sdk.table import OURS, Figure
from benchmarks.sdk.workloads import RECORDERS, recorder

HEAD = """# Measured

Written by `make bench`; nobody edits it by hand. {date}, {commit}.

**Machine**: {machine}.
**Versions**: {versions}.

`make bench` takes the figures again on your machine; leave it alone for half an hour meanwhile. Every figure is the
median of several rounds, in which the recorders take turns; what stands in brackets is the range of the rounds. Times
depend on the machine: read the ratios. A figure that falls short of its goal is written down as it is.

## In the training process

The **floor** copies a row, encodes it, frames it with a checksum and appends it with one `write`, and does nothing
else: what any recorder pays that keeps each row before `log()` returns. Runwell and wandb record offline, all with
their defaults: console and system metrics included.

"""

NOTES = """
How to read them: *import* and *init* are separate processes, *init* with the package imported before; *whole process*
contains the start of Python itself. *Cold caches*: between two calls 16 MB of memory are walked. *On disk*: the clock
stops when every row can be read back from files, which for recorders with a queue is after `finish()`. *Killed*: the
process and everything below it gets SIGKILL at a random moment; what counts is rows whose `log()` had returned and
that no file holds. *CPU* and *memory* are of the whole process tree until its last process is gone; start and import
are in them.
"""


def page(table: Sequence[Figure], server: str, date: str, commit: str, machine: str, versions: str) -> str:
    """Give the page's text."""
    head = HEAD.format(date=date, commit=commit, machine=machine, versions=versions)
    return head + sdk_table(table) + NOTES + ratios(table) + shortfalls(table) + server


def sdk_table(table: Sequence[Figure]) -> str:
    labels = [recorder(name).LABEL for name in RECORDERS]
    lines = [
        "| figure | goal | " + " | ".join(f"**{label}**" if label == "Runwell" else label for label in labels) + " |",
        "|---|---|" + "---|" * len(labels),
    ]
    for figure in table:
        cells = [_cell(figure, name) for name in RECORDERS]
        lines.append(f"| {figure.name} | {figure.goal} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


README_FIGURES = ("whole process", "log()", "cold caches", "until all", "1 ms steps", "CPU seconds", "bytes on")
README_START, README_END = "<!-- measured -->\n", "<!-- /measured -->"


def put_into_readme(readme: str, table: Sequence[Figure]) -> str:
    """Replace the README's table by the rows that tell most, medians and ranges as on the page."""
    names = [name for name in RECORDERS if name != "floor"]
    lines = ["| figure | " + " | ".join(recorder(name).LABEL for name in names) + " |", "|---|" + "---|" * len(names)]
    chosen = [figure for figure in table if any(words in figure.name for words in README_FIGURES)]
    lines += [f"| {figure.name} | " + " | ".join(_cell(figure, name) for name in names) + " |" for figure in chosen]
    before, rest = readme.split(README_START)
    _, after = rest.split(README_END)
    return before + README_START + "\n".join(lines) + "\n" + README_END + after


def ratios(table: Sequence[Figure]) -> str:
    """Say how much the better rival takes of what we take, for the figures where that is a ratio."""
    lines = []
    for figure in table:
        ours = figure.value(OURS)
        rivals = {name: figure.value(name) for name in RECORDERS if name not in ("floor", OURS)}
        known = {name: value for name, value in rivals.items() if value is not None}
        if not ours or not known or figure.worst:
            continue
        best = (min if figure.less_is_better else max)(known, key=lambda name: known[name])
        factor = known[best] / ours if figure.less_is_better else ours / known[best]
        lines.append(f"| {figure.name} | {recorder(best).LABEL} | {factor:,.2f} |")
    return "\n".join(
        ["", "Against the better rival, as a factor (above 1: Runwell is ahead):", "", "| figure | rival | factor |",
         "|---|---|---|", *lines, ""]
    )  # fmt: skip


def shortfalls(table: Sequence[Figure]) -> str:
    """List what misses its goal, by how much."""
    missed = [figure for figure in table if figure.reached() is False]
    if not missed:
        return "\nEvery goal of this table is reached.\n"
    lines = [
        f"- {figure.name}: {figure.value(OURS):,.{figure.digits}f}, the goal is {figure.goal}" for figure in missed
    ]
    return "\nNot reached:\n\n" + "\n".join(lines) + "\n"


def _cell(figure: Figure, name: str) -> str:
    taken = figure.taken.get(name)
    value = figure.value(name)
    if not taken or value is None:
        return "–"
    low, high = (f"{one:,.{figure.digits}f}" for one in (min(taken), max(taken)))
    text = f"{value:,.{figure.digits}f}"
    spread = "" if len(taken) == 1 or low == high else f" ({low}–{high})"
    return f"**{text}**{spread}" if name == OURS else f"{text}{spread}"
