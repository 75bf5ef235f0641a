"""The SDK's table: each figure, how it is taken in turns, and what it is to be."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmarks.sdk import processes
from benchmarks.sdk.installed import installed_bytes
from benchmarks.sdk.workloads import RECORDERS, recorder

OURS = "runwell_offline"


@dataclass
class Figure:
    """One row of the table.

    Attributes:
        name: what is measured, with its unit.
        goal: the figure to reach, as text.
        limit: the same as a number.
        take: gives one measurement of one recorder.
        rounds: how many turns.
        digits: how many are shown behind the point.
        less_is_better: how to compare with the goal.
        with_floor: whether the floor is measured too.
        worst: the worst round counts, not the median.
    """

    name: str
    goal: str
    limit: float
    take: Callable[[str], float]
    rounds: int = 5
    digits: int = 1
    less_is_better: bool = True
    with_floor: bool = True
    worst: bool = False
    taken: dict[str, list[float]] = field(default_factory=dict)

    def value(self, name: str) -> float | None:
        taken = self.taken.get(name)
        if not taken:
            return None
        return max(taken) if self.worst else statistics.median(taken)

    def reached(self) -> bool | None:
        value = self.value(OURS)
        if value is None:
            return None
        return value <= self.limit if self.less_is_better else value >= self.limit


class _Million:
    """One run of a million scalars gives three figures; each round runs it once."""

    def __init__(self) -> None:
        self.rounds: dict[str, list[processes.Measured]] = {}
        self.given: dict[tuple[str, str], int] = {}

    def take(self, figure: str, name: str) -> processes.Measured:
        number = self.given.get((figure, name), 0)
        self.given[figure, name] = number + 1
        measured = self.rounds.setdefault(name, [])
        while len(measured) <= number:
            measured.append(processes.measure("million", name, watch=True))
        return measured[number]

    def memory_above_script(self, name: str) -> float:
        own = min(one.peak_bytes for one in self.rounds["floor"]) if "floor" in self.rounds else 0
        return (self.take("memory", name).peak_bytes - own) / 1e6


def figures() -> list[Figure]:
    """Give the rows of the table, nothing measured yet."""
    million = _Million()

    def own(workload: str, key: str) -> Callable[[str], float]:
        return lambda name: processes.measure(workload, name).figures[key]

    calls = _Pair("back_to_back")
    cold = _Pair("in_a_loop")
    return [
        Figure("`import`, ms above bare Python", "≤ 60", 60, _import_ms, rounds=9, with_floor=False),
        Figure("`init()`, ms", "≤ 30", 30, own("init", "init_ms"), rounds=7, with_floor=False),
        Figure("import, init, 10 × log, finish: whole process, s", "≤ 0.3", 0.3, _whole_s, rounds=7, digits=2),
        Figure("`log()` of 10 scalars back to back, p50, µs", "≤ 5", 5, lambda n: calls.take("p50_us", n)),
        Figure("… p99, µs", "≤ 20", 20, lambda n: calls.take("p99_us", n)),
        Figure("the same in a loop with cold caches, p50, µs", "≤ 12", 12, lambda n: cold.take("p50_us", n)),
        Figure("… p99, µs", "≤ 60", 60, lambda n: cold.take("p99_us", n)),
        Figure(
            "rows a second until all are on disk",
            "≥ 100,000",
            100_000,
            own("settled", "rows_per_s"),
            digits=0,
            less_is_better=False,
        ),
        Figure(
            "loop of 1 ms steps with 10 scalars a step, against none",
            "≤ 1.02",
            1.02,
            own("slowdown", "ratio"),
            digits=3,
        ),
        Figure(
            "rows lost at `kill -9` of everything, 1 ms steps (worst)",
            "0",
            0,
            lambda name: processes.rows_lost_at_kill("killed_calm", name)[0],
            rounds=8,
            digits=0,
            worst=True,
        ),
        Figure(
            "rows lost at `kill -9` of everything, back to back (worst)",
            "0",
            0,
            lambda name: processes.rows_lost_at_kill("killed_busy", name)[0],
            rounds=8,
            digits=0,
            worst=True,
        ),
        Figure(
            "CPU seconds per million scalars, whole process tree",
            "≤ 2",
            2,
            lambda name: million.take("cpu", name).cpu_s,
            rounds=3,
            digits=2,
        ),
        Figure(
            "bytes on local disk per scalar",
            "≤ 35",
            35,
            lambda name: million.take("disk", name).disk_bytes / 1e6,
            rounds=3,
        ),
        Figure(
            "peak memory of the process tree above the floor's, MB",
            "≤ 60",
            60,
            million.memory_above_script,
            rounds=3,
            digits=0,
        ),
        Figure(
            "installed size with dependencies, MB",
            "≤ 20",
            20,
            lambda name: installed_bytes(recorder(name).DISTRIBUTION) / 1e6,
            rounds=1,
            with_floor=False,
        ),
    ]


def measure_all(say: Callable[[str], None], only: str, most_rounds: int) -> list[Figure]:
    """Measure every figure, the recorders in turns.

    Args:
        only: text that a figure's name must have.
        most_rounds: bounds the rounds of every figure.
    """
    table = [figure for figure in figures() if only in figure.name]
    for figure in table:
        names = [name for name in RECORDERS if figure.with_floor or name != "floor"]
        for _ in range(min(figure.rounds, most_rounds)):
            for name in names:
                try:
                    figure.taken.setdefault(name, []).append(figure.take(name))
                except (processes.WorkloadFailed, OSError) as error:
                    say(f"  {figure.name}: {name} failed: {error}")
        shown = ", ".join(
            f"{recorder(name).LABEL} {value:,.{figure.digits}f}"
            for name in names
            if (value := figure.value(name)) is not None
        )
        say(f"  {figure.name}: {shown}  (goal {figure.goal})")
    return table


class _Pair:
    """One measured process gives two figures; the second reads what the first measured."""

    def __init__(self, workload: str) -> None:
        self.workload = workload
        self.rounds: dict[str, list[dict[str, float]]] = {}
        self.given: dict[tuple[str, str], int] = {}

    def take(self, key: str, name: str) -> float:
        number = self.given.get((key, name), 0)
        self.given[key, name] = number + 1
        rounds = self.rounds.setdefault(name, [])
        while len(rounds) <= number:
            rounds.append(processes.measure(self.workload, name).figures)
        return rounds[number][key]


def _import_ms(name: str) -> float:
    bare = processes.time_statement("pass")
    return (processes.time_statement(recorder(name).IMPORT) - bare) * 1e3


def _whole_s(name: str) -> float:
    return processes.measure("whole", name).wall_s
