"""Plain PyTorch: what ``wandb.watch`` records of parameters and gradients."""

from __future__ import annotations

import pytest

from . import trained as training
from .trained import Trained

TRAINING = "torch_watch"
pytestmark = pytest.mark.framework("PyTorch", "torch")


@pytest.mark.behaviour("watch: histograms of parameters and gradients")
def test_every_histogram_is_the_one_that_torch_computes(trained: Trained) -> None:
    for seen in trained.both:
        training.check_rows(seen, trained.ledger["rows"])


@pytest.mark.behaviour("Config and summary")
def test_config_and_last_values_are_there(trained: Trained) -> None:
    for seen in trained.both:
        training.check_values(seen.config, trained.ledger["config"])
        training.check_last_values(seen, trained.ledger["rows"])


@pytest.mark.behaviour("watch: the graph of the layers")
def test_the_graph_names_every_layer(trained: Trained) -> None:
    reference = trained.official.summary["graph_0"]
    assert reference["_type"] == "graph-file"
    graph = trained.official.json_file(reference["path"])
    assert [[node["name"], node["class_name"]] for node in graph["nodes"]] == trained.ledger["layers"]
    assert trained.official.files[reference["path"]] == reference["sha256"] == trained.api.files[reference["path"]]
