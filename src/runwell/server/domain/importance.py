"""How much parameters matter to a number: a random forest that is asked without each of them, and correlations.

The importance of a parameter is how much worse the forest predicts runs that a tree hasn't seen when the parameter's
values are shuffled among them (permutation importance, Breiman 2001), as a share of all parameters'. Unlike the share
of splits it doesn't favour parameters of many values, and what says the same twice shares its importance. Pure.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from runwell.wire.numbers import from_strict

MIN_RUNS = 10  # below it a forest tells nothing
TREES = 32
TREE_RUNS = 600  # drawn for one tree: more make it slower, hardly better
TESTED_RUNS = 300  # that it hasn't seen, of each tree
LEAF_RUNS = 3
MAX_LEAVES = 64
CATEGORIES = 64  # different texts of one parameter that are told apart; rarer ones count as one
_SEED = 0  # the same answer for the same runs


@dataclass(slots=True)
class Parameter:
    """What was found of one parameter.

    Attributes:
        importance: share of 1; None: too few runs.
        pearson, spearman: of its numbers and the target; None: it has no numbers, or they don't differ.
        n: runs that have it, of those that have the target.
        kind: "number" | "category".
        distinct: different values.
    """

    key: str
    importance: float | None
    pearson: float | None
    spearman: float | None
    n: int
    kind: str
    distinct: int


@dataclass(slots=True)
class Rating:
    """What was found of all of them.

    Attributes:
        parameters: the most important first.
        runs: how many counted.
        explained: share of the target's spread that the forest foretells of runs it hasn't seen, 0 if it is no better
            than their mean; None: too few runs.
    """

    parameters: list[Parameter]
    runs: int
    explained: float | None


def rate_parameters(columns: Mapping[str, Sequence[Any]], target: Sequence[Any]) -> Rating:
    """Rate parameters; those with fewer than two values are left out.

    Args:
        columns: key → a value a run as strict data, None for missing.
        target: the number a run; runs without one (or with NaN, infinity) don't count.
    """
    every = _numbers(target)
    there = np.flatnonzero(np.isfinite(every))
    y = every[there]
    places = there.tolist()
    found: list[Parameter] = []
    features: list[_Feature] = []
    for key, values in columns.items():
        some = [values[place] for place in places]
        kinds = set(map(type, some)) - {type(None)}
        numeric = kinds <= {float, int, bool} or (
            str not in kinds and all(_is_scalar(v) for v in some if v is not None)
        )
        names = None if numeric else [_name(value) for value in some]
        numbers = _numbers(some) if numeric else np.empty(0)
        missing = np.array([v is None for v in some] if names is None else [not n for n in names], np.bool_)
        distinct = len(np.unique(numbers[~missing])) if names is None else len({name for name in names if name})
        if distinct < 2:
            continue
        pearson, spearman = correlations(numbers, y) if numeric else (None, None)
        features.append(_ordered(numbers) if names is None else _categories(names))
        kind = "number" if numeric else "category"
        found.append(Parameter(key, None, pearson, spearman, int((~missing).sum()), kind, distinct))
    explained = None
    if len(y) >= MIN_RUNS and found:
        shares, explained = forest_importance(features, y)
        for parameter, share in zip(found, shares.tolist(), strict=True):
            parameter.importance = share
    found.sort(key=lambda p: (-(p.importance or 0.0), -abs(p.spearman or 0.0), p.key))
    return Rating(found, len(y), explained)


def correlations(x: np.ndarray, y: np.ndarray) -> tuple[float | None, float | None]:
    """Give Pearson's and Spearman's correlation where both are finite; None where one doesn't differ."""
    both = np.isfinite(x) & np.isfinite(y)
    x, y = x[both], y[both]
    if len(x) < 2:
        return None, None
    return _pearson(x, y), _pearson(_ranks(x), _ranks(y))


def _pearson(x: np.ndarray, y: np.ndarray) -> float | None:
    x, y = x / (np.abs(x).max() or 1.0), y / (np.abs(y).max() or 1.0)
    x, y = x - x.mean(), y - y.mean()
    size = math.sqrt(float(x @ x)) * math.sqrt(float(y @ y))
    return None if size < 1e-12 else max(-1.0, min(1.0, float(x @ y) / size))


def _ranks(x: np.ndarray) -> np.ndarray:
    """Give ranks; equal numbers share the mean of theirs."""
    _, places, counts = np.unique(x, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return (ends - (counts - 1) / 2)[places]


@dataclass(slots=True)
class _Feature:
    """A parameter as a tree sees it.

    Attributes:
        codes: int64 a run: the rank of its number (0: none), or which text it has.
        names: how many different texts; 0: numbers.
    """

    codes: np.ndarray
    names: int

    def among(self, drawn: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Give the runs' order: of texts the one that splits best, by the mean of what the drawn runs came to."""
        if not self.names:
            return self.codes
        counts = np.bincount(self.codes[drawn], minlength=self.names)
        sums = np.bincount(self.codes[drawn], y[drawn], self.names)
        means = np.where(counts > 0, sums / np.maximum(counts, 1), y[drawn].mean())
        return np.argsort(np.argsort(means, kind="stable"))[self.codes]


def forest_importance(features: Sequence[_Feature], y: np.ndarray) -> tuple[np.ndarray, float]:
    """Give each feature's share of the loss when it is shuffled, and what the forest explains: if nothing, all 0."""
    rng = np.random.default_rng(_SEED)
    y = _ranks(y)  # one run that went astray must not decide alone
    y = (y - y.mean()) / (y.std() or 1.0)
    lost = np.zeros(len(features))
    told, times = np.zeros(len(y)), np.zeros(len(y))
    for _ in range(TREES):
        drawn = rng.integers(0, len(y), min(len(y), TREE_RUNS))
        unseen = np.setdiff1d(np.arange(len(y)), drawn)
        if len(unseen) > TESTED_RUNS:
            unseen = rng.choice(unseen, TESTED_RUNS, replace=False)
        if not len(unseen):
            continue
        x = np.column_stack([feature.among(drawn, y) for feature in features])
        tree = _grow(x[drawn], y[drawn], rng)
        tested = x[unseen]
        told[unseen] += (answers := tree.predict(tested))
        times[unseen] += 1
        right = float(((answers - y[unseen]) ** 2).mean())
        for place in np.unique(tree.feature[tree.feature >= 0]):
            shuffled = tested.copy()
            shuffled[:, place] = tested[rng.permutation(len(tested)), place]
            lost[place] += float(((tree.predict(shuffled) - y[unseen]) ** 2).mean()) - right
    seen = times > 0
    explained = 1.0 - float(((told[seen] / times[seen] - y[seen]) ** 2).mean()) if seen.any() else 0.0
    lost = np.maximum(lost, 0.0)
    if explained <= 0 or not lost.any():
        return np.zeros(len(features)), 0.0
    return lost / lost.sum(), explained


@dataclass(slots=True)
class _Tree:
    """Nodes of a regression tree; feature -1: a leaf. ``left`` is below or at the threshold."""

    feature: np.ndarray
    threshold: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray

    def predict(self, x: np.ndarray) -> np.ndarray:
        at = np.zeros(len(x), np.int64)
        going = np.arange(len(x))
        while len(going):
            nodes = at[going]
            inner = self.feature[nodes] >= 0
            going, nodes = going[inner], nodes[inner]
            below = x[going, self.feature[nodes]] <= self.threshold[nodes]
            at[going] = np.where(below, self.left[nodes], self.right[nodes])
        return self.value[at]


def _grow(x: np.ndarray, y: np.ndarray, rng: np.random.Generator) -> _Tree:
    """Grow a tree; each node looks at a third of the features (Breiman's choice for numbers)."""
    looked = max(1, math.ceil(x.shape[1] / 3))
    nodes: list[list[float]] = [[-1, 0, 0, 0, float(y.mean())]]
    waiting = deque([(0, np.arange(len(y)))])
    leaves = 1
    while waiting and leaves < MAX_LEAVES:
        node, rows = waiting.popleft()
        split = _best_split(x[rows], y[rows], rng.permutation(x.shape[1])[:looked])
        if split is None:
            continue
        feature, threshold = split
        below = x[rows, feature] <= threshold
        for place, some in ((2, rows[below]), (3, rows[~below])):
            nodes[node][place] = len(nodes)
            waiting.append((len(nodes), some))
            nodes.append([-1, 0, 0, 0, float(y[some].mean())])
        nodes[node][:2] = [feature, threshold]
        leaves += 1
    feature, threshold, left, right, value = np.array(nodes).T
    return _Tree(feature.astype(np.int64), threshold, left.astype(np.int64), right.astype(np.int64), value)


def _best_split(x: np.ndarray, y: np.ndarray, features: np.ndarray) -> tuple[int, float] | None:
    """Give the (feature, threshold) that leaves least spread on both sides; None: nothing is gained."""
    n = len(y)
    if n < 2 * LEAF_RUNS or y.min() == y.max():
        return None
    columns = x[:, features]
    order = np.argsort(columns, axis=0, kind="stable")
    ordered = np.take_along_axis(columns, order, axis=0)
    sums = np.cumsum(y[order], axis=0)
    counts = np.arange(1, n)[:, None]
    gained = sums[:-1] ** 2 / counts + (sums[-1] - sums[:-1]) ** 2 / (n - counts)
    allowed = ordered[1:] > ordered[:-1]
    allowed[: LEAF_RUNS - 1] = allowed[n - LEAF_RUNS :] = False
    gained = np.where(allowed, gained, -np.inf)
    place, column = np.unravel_index(int(np.argmax(gained)), gained.shape)
    if gained[place, column] <= y.sum() ** 2 / n + 1e-12:
        return None
    return int(features[column]), float(ordered[place, column])


def _ordered(numbers: np.ndarray) -> _Feature:
    """Give ranks from 1; what is no finite number comes before all."""
    finite = np.isfinite(numbers)
    ranks = np.zeros(len(numbers), np.int64)
    ranks[finite] = np.unique(numbers[finite], return_inverse=True)[1] + 1
    return _Feature(ranks, 0)


def _categories(names: Sequence[str]) -> _Feature:
    """Give the frequent texts as codes (a missing one is a text too); rare ones count as one."""
    different, codes, counts = np.unique(np.array(names, object), return_inverse=True, return_counts=True)
    chosen = np.argsort(-counts, kind="stable")[: CATEGORIES - 1]
    chosen = chosen[counts[chosen] >= LEAF_RUNS]
    place = np.full(len(different), len(chosen))
    place[chosen] = np.arange(len(chosen))
    return _Feature(place[codes], len(chosen) + 1)


def _is_scalar(value: Any) -> bool:
    return isinstance(value, (bool, int, float)) or _tagged(value)


def _name(value: Any) -> str:
    """Name a value as a category; "": missing, or a list or object."""
    if isinstance(value, str):
        return f'"{value}'
    return "" if not _is_scalar(value) else str(from_strict(value))


def _tagged(value: Any) -> bool:
    return isinstance(value, dict) and value.get("_type") == "number"


def _numbers(values: Sequence[Any]) -> np.ndarray:
    if set(map(type, values)) <= {float, int, bool, type(None)}:
        return np.array(values, np.float64)  # None becomes NaN
    return np.array([_number(value) for value in values], np.float64)


def _number(value: Any) -> float:
    read = from_strict(value) if _tagged(value) else value
    try:
        return float(read) if isinstance(read, (bool, int, float)) else math.nan
    except OverflowError:
        return math.inf if read > 0 else -math.inf
