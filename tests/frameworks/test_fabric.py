"""Lightning Fabric: what the logger that wandb has for it records of a loop."""

from __future__ import annotations

import io

import pytest

from . import trained as training
from .trained import Trained

TRAINING = "fabric_logger"
pytestmark = pytest.mark.framework("Lightning Fabric", "lightning")


@pytest.mark.behaviour("Every row that Fabric gives its loggers")
def test_every_row_is_there(trained: Trained) -> None:
    for seen in trained.both:
        rows = [row for row in seen.rows if "loss" in row]
        assert len(rows) == len(trained.ledger["rows"])
        for row, want in zip(rows, trained.ledger["rows"], strict=True):
            training.check_values(row, want)


@pytest.mark.behaviour("Config, name and tags")
def test_hyperparameters_are_config(trained: Trained) -> None:
    for seen in trained.both:
        training.check_values(seen.config, trained.ledger["config"])
        assert (seen.name, seen.tags) == ("fabric", ["loop"])


@pytest.mark.behaviour("log_image, log_table, log_html")
def test_media_come_back(trained: Trained) -> None:
    for seen in trained.both:
        (digit,) = [row["digit"] for row in seen.rows if "digit" in row]
        (path,) = digit.get("filenames") or [digit["path"]]
        body = trained.server.request("GET", f"/files/local/frameworks/{trained.run_id}/{path}")[2]
        assert training.pixels(io.BytesIO(body), "L") == trained.ledger["picture"]
        (page,) = [row["page"] for row in seen.rows if "page" in row]
        (html,) = page["html"]
        place = f"/files/local/frameworks/{trained.run_id}/{html['path']}"
        assert b"half way" in trained.server.request("GET", place)[2]
    assert trained.official.table("words") == trained.ledger["table"]
