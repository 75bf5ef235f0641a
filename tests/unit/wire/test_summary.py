"""The summary is what define_metric and the user say it is."""

import math

from runwell.wire.summary import SummaryFold


def fold(rows, *rules):
    summary = SummaryFold()
    for rule in rules:
        summary.define(rule)
    for row in rows:
        summary.row(row)
    return summary


ROWS = [{"loss": 3.0, "acc": 0.1}, {"loss": 1.0, "acc": 0.9}, {"loss": 2.0, "acc": 0.5}]


def test_without_rules_the_last_value_stands():
    assert fold(ROWS).values == {"loss": 2.0, "acc": 0.5}


def test_rules_put_their_kinds_beside_the_key():
    values = fold(
        ROWS,
        {"name": "loss", "summary": ["min", "max", "mean", "first", "last"]},
        {"name": "acc", "summary": ["best"], "goal": "maximize"},
    ).values
    assert values == {
        "loss": 2.0,
        "loss.last": 2.0,
        "loss.first": 3.0,
        "loss.min": 1.0,
        "loss.max": 3.0,
        "loss.mean": 2.0,
        "acc.best": 0.9,
    }


def test_none_keeps_a_key_out_and_a_glob_covers_many():
    values = fold([{"train/a": 1, "train/b": 2, "val": 3}], {"name": "train/*", "summary": ["none"]}).values
    assert values == {"val": 3}


def test_an_exact_rule_wins_over_a_glob():
    values = fold(ROWS, {"name": "*", "summary": ["none"]}, {"name": "acc", "summary": ["max"]}).values
    assert values == {"acc.max": 0.9}


def test_nan_takes_no_part_in_extremes():
    values = fold(
        [{"a": math.nan}, {"a": 2.0}, {"a": math.nan}], {"name": "a", "summary": ["min", "max", "mean"]}
    ).values
    assert values == {"a.min": 2.0, "a.max": 2.0, "a.mean": 2.0}


def test_what_the_user_set_wins_over_rows_until_he_removes_it():
    summary = fold(ROWS)
    summary.set({"loss": {"best": 7}, "acc": 1})
    summary.row({"acc": 0.2})
    assert summary.values == {"loss": 2.0, "loss.best": 7, "acc": 1}
    summary.set({}, ["acc"])
    summary.row({"acc": 0.3})
    assert summary.values["acc"] == 0.3
