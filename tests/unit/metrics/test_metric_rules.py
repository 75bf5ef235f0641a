"""Whose define_metric rule counts for a key, when runs say different things."""

from __future__ import annotations

from runwell.server.domain.metric_keys import MetricRules


def test_the_newest_run_that_says_something_counts():
    newer, older = [{"name": "loss", "goal": "maximize"}], [{"name": "loss", "step_metric": "epoch"}]
    assert MetricRules([newer, older]).of("loss") == {"goal": "maximize"}
    assert MetricRules([newer, older]).of("unheard of") == {}


def test_a_newer_glob_counts_more_than_an_older_name():
    newer, older = [{"name": "val/*", "goal": "maximize"}], [{"name": "val/acc", "goal": "minimize"}]
    assert MetricRules([newer, older]).of("val/acc") == {"goal": "maximize"}


def test_in_one_run_the_exact_name_counts_more_than_a_glob():
    run = [{"name": "val/*", "goal": "maximize"}, {"name": "val/loss", "goal": "minimize"}]
    assert MetricRules([run]).of("val/loss") == {"goal": "minimize"}
    assert MetricRules([run]).of("val/acc") == {"goal": "maximize"}


def test_a_name_that_a_client_only_mentions_takes_nothing_back():
    mentions = [{"name": "loss", "step_metric": "epoch"}, {"name": "epoch"}]
    assert MetricRules([mentions, [{"name": "epoch", "hidden": True}]]).of("epoch") == {"hidden": True}
