"""``runwell.plot``: ready-made charts of values computed in the script, to be logged like any value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import isqrt
from typing import Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import items_of, refusing, text_of

from .media.arrays import MAX_ITEMS, to_numpy
from .media.chart import CustomChart
from .media.table import MAX_ROWS, Table
from .notices import warn_once

__all__ = [
    "bar",
    "confusion_matrix",
    "histogram",
    "line",
    "line_series",
    "plot_table",
    "pr_curve",
    "roc_curve",
    "scatter",
]
MAX_CURVE_POINTS = 10_000  # of all classes together; more than a chart's pixels


def plot_table(
    vega_spec_name: str,
    data_table: Table,
    fields: Mapping[str, Any],
    string_fields: Mapping[str, Any] | None = None,
    split_table: bool = False,
) -> CustomChart:
    """Draw a table by a specification that the server has.

    Args:
        vega_spec_name: its id, ``wandb/bar/v0`` or ``entity/name``.
        data_table: the table.
        fields: field of the specification → column.
        string_fields: text of the specification → text.
        split_table: show the table in a section of its own.
    """
    return CustomChart(data_table, vega_spec_name, fields, string_fields, split_table)


def line(
    table: Table, x: str, y: str, stroke: str | None = None, title: str = "", split_table: bool = False
) -> CustomChart:
    """Draw column ``y`` over ``x``, a line for each value of ``stroke``."""
    return plot_table("wandb/line/v0", table, {"x": x, "y": y, "stroke": stroke}, {"title": title}, split_table)


def scatter(table: Table, x: str, y: str, title: str = "", split_table: bool = False) -> CustomChart:
    """Draw a point for each row."""
    return plot_table("wandb/scatter/v0", table, {"x": x, "y": y}, {"title": title}, split_table)


def bar(table: Table, label: str, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    """Draw a bar for each row."""
    return plot_table("wandb/bar/v0", table, {"label": label, "value": value}, {"title": title}, split_table)


def histogram(table: Table, value: str, title: str = "", split_table: bool = False) -> CustomChart:
    """Draw how the values of a column are distributed."""
    return plot_table("wandb/histogram/v0", table, {"value": value}, {"title": title}, split_table)


@refusing("plot.line_series")
def line_series(
    xs: Sequence[Any],
    ys: Sequence[Sequence[Any]],
    keys: Sequence[str] | None = None,
    title: str = "",
    xname: str = "x",
    split_table: bool = False,
) -> CustomChart:
    """Draw several lines.

    Args:
        xs: one sequence for all lines, or one for each.
        ys: a sequence for each line.
        keys: the lines' names.

    Raises:
        UsageError: the numbers of sequences differ.
    """
    xs = _listed(xs, "xs")
    lines = [_listed(y, "ys") for y in _listed(ys, "ys")]
    if not xs or not isinstance(xs[0], (list, tuple)):
        xs = [xs] * len(lines)
    names = [f"line {number}" for number in range(len(lines))]
    if keys is not None:
        names = [text_of(key) for key in _listed(keys, "keys")]
    if not len(xs) == len(lines) == len(names):
        raise UsageError(f"{len(xs)} x, {len(lines)} y and {len(names)} keys; as many of each are needed")
    data = [
        [x, name, y]
        for x_line, name, y_line in zip(xs, names, lines, strict=True)
        for x, y in zip(x_line, y_line, strict=False)
    ]
    table = Table(columns=["step", "lineKey", "lineVal"], data=data)
    fields = {"step": "step", "lineKey": "lineKey", "lineVal": "lineVal"}
    return plot_table("wandb/lineseries/v0", table, fields, {"title": title, "xname": xname}, split_table)


@refusing("plot.confusion_matrix")
def confusion_matrix(
    probs: Any = None,
    y_true: Any = None,
    preds: Any = None,
    class_names: Sequence[str] | None = None,
    title: str = "Confusion Matrix Curve",
    split_table: bool = False,
) -> CustomChart:
    """Draw how often which class was taken for which.

    Args:
        probs: (rows, classes), from which the most probable class is taken; or
        preds: the predicted class of each row.
        y_true: the true class of each row; a number, the place in ``class_names``, or the name itself.

    Raises:
        UsageError: both or none of probs and preds, lengths that differ, or a class beyond the names.
    """
    if (probs is None) == (preds is None):
        raise UsageError("confusion_matrix takes either probs or preds")
    if probs is not None:
        preds = [
            max(range(len(row)), key=row.__getitem__)
            for row in (_listed(one, "probs") for one in _listed(probs, "probs"))
        ]
    truth, predicted = _listed(y_true, "y_true"), _listed(preds, "preds")
    if len(truth) != len(predicted):
        raise UsageError(f"{len(predicted):,} predictions for {len(truth):,} true classes")
    found = sorted({*truth, *predicted}, key=lambda one: (isinstance(one, str), one))
    names: dict[Any, str]
    if class_names is None:
        names = {one: one if isinstance(one, str) else f"Class_{number + 1}" for number, one in enumerate(found)}
    else:
        given = [text_of(name) for name in _listed(class_names, "class_names")]
        names = {one: one for one in given} if found and isinstance(found[0], str) else dict(enumerate(given))
        unknown = [one for one in found if one not in names]
        if unknown:
            raise UsageError(f"class {shorten(unknown[0])} has no name among the {len(given)} of class_names")
    if len(names) ** 2 > MAX_ROWS:
        raise UsageError(
            f"{len(names):,} classes; a confusion matrix has at most {isqrt(MAX_ROWS)}: are these classes, not values?"
        )
    counts: dict[tuple[Any, Any], int] = {}
    for pair in zip(truth, predicted, strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    data = [[names[actual], names[said], counts.get((actual, said), 0)] for actual in names for said in names]
    columns = ["Actual", "Predicted", "nPredictions"]
    fields = {column: column for column in columns}
    table = Table(columns=columns, data=data)
    return plot_table("wandb/confusion_matrix/v1", table, fields, {"title": title}, split_table)


@refusing("plot.roc_curve")
def roc_curve(
    y_true: Any,
    y_probas: Any,
    labels: Sequence[str] | None = None,
    classes_to_plot: Iterable[Any] | None = None,
    title: str = "ROC Curve",
    split_table: bool = False,
) -> CustomChart:
    """Draw the receiver operating characteristic of each class against the others.

    Args:
        y_true: (rows,) the true class.
        y_probas: (rows, classes) its probabilities, classes in sorted order; rows of NaN or infinities are left out.
        labels: the classes' names.
        classes_to_plot: only these.

    Raises:
        UsageError: shapes that don't fit, or scikit-learn isn't installed.
    """
    metrics = _sklearn_metrics()
    rows: list[list[Any]] = []
    for name, truth, scores in _one_against_all(y_true, y_probas, labels, classes_to_plot):
        false_rate, true_rate, _ = metrics.roc_curve(truth, scores)
        rows += [[name, x, y] for x, y in zip(false_rate.tolist(), true_rate.tolist(), strict=True)]
    table = Table(columns=["class", "fpr", "tpr"], data=_thinned(rows))
    texts = {"title": title, "x-axis-title": "False positive rate", "y-axis-title": "True positive rate"}
    return plot_table(
        "wandb/area-under-curve/v0", table, {"x": "fpr", "y": "tpr", "class": "class"}, texts, split_table
    )


@refusing("plot.pr_curve")
def pr_curve(
    y_true: Any,
    y_probas: Any,
    labels: Sequence[str] | None = None,
    classes_to_plot: Iterable[Any] | None = None,
    interp_size: int = 21,
    title: str = "Precision-Recall Curve",
    split_table: bool = False,
) -> CustomChart:
    """Draw precision over recall for each class; arguments as :func:`roc_curve`.

    Args:
        interp_size: recalls, evenly from 0 to 1, at which the best precision reachable is drawn.
    """
    import numpy as np

    metrics = _sklearn_metrics()
    rows: list[list[Any]] = []
    at = np.linspace(0, 1, interp_size)
    for name, truth, scores in _one_against_all(y_true, y_probas, labels, classes_to_plot):
        precision, recall, _ = metrics.precision_recall_curve(truth, scores)
        # The best precision at this recall or a higher one: what a reader of the curve can choose.
        best = np.maximum.accumulate(precision)[::-1]
        places = np.minimum(np.searchsorted(recall[::-1], at, side="left"), len(best) - 1)
        rows += [[name, float(best[place]), float(x)] for place, x in zip(places, at, strict=True)]
    table = Table(columns=["class", "precision", "recall"], data=rows)
    texts = {"title": title, "x-axis-title": "Recall", "y-axis-title": "Precision"}
    fields = {"x": "recall", "y": "precision", "class": "class"}
    return plot_table("wandb/area-under-curve/v0", table, fields, texts, split_table)


def _one_against_all(y_true: Any, y_probas: Any, labels: Any, wanted: Any) -> list[tuple[Any, Any, Any]]:
    import numpy as np

    truth, scores = to_numpy(y_true), to_numpy(y_probas)
    classes = np.unique(truth)
    if scores.ndim != 2 or len(scores) != len(truth) or scores.shape[1] < len(classes):
        raise UsageError(
            f"y_probas has the shape {tuple(scores.shape)}; {len(truth):,} rows and at least {len(classes)} classes "
            "are needed"
        )
    if scores.dtype.kind == "f" and not (known := np.isfinite(scores).all(axis=1)).all():
        warn_once(
            "plot scores",
            f"{int((~known).sum()):,} of {len(known):,} rows of y_probas are NaN or infinite; the curve is drawn "
            "without them",
        )
        truth, scores = truth[known], scores[known]
    chosen = None if wanted is None else set(_listed(wanted, "classes_to_plot"))
    made: list[tuple[Any, Any, Any]] = []
    for place, one in enumerate(classes.tolist()):
        if chosen is None or one in chosen:
            name = labels[one if isinstance(one, int) and one < len(labels) else place] if labels is not None else one
            if len(truth):
                made.append((name, truth == classes[place], scores[:, place]))
    return made


def _thinned(rows: list[list[Any]]) -> list[list[Any]]:
    if len(rows) <= MAX_CURVE_POINTS:
        return rows
    every = -(-len(rows) // MAX_CURVE_POINTS)
    ends = {place for place in range(len(rows)) if place + 1 == len(rows) or rows[place][0] != rows[place + 1][0]}
    return [row for place, row in enumerate(rows) if place % every == 0 or place in ends]


def _listed(values: Any, what: str) -> list[Any]:
    if values is None:
        raise UsageError(f"{what} is needed, and is None")
    listed = values.tolist() if hasattr(values, "tolist") else values
    return items_of(listed, what, text_is_one=False, limit=MAX_ITEMS)


def _sklearn_metrics() -> Any:
    try:
        from sklearn import metrics
    except ImportError:
        raise UsageError("this curve needs scikit-learn: pip install scikit-learn") from None
    return metrics
