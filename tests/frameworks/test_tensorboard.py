"""TensorBoard logs, synced: torch's writer, TensorFlow's ``tf.summary``, Stable-Baselines3 with its callback."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import pytest

from tests.serving import ServerProcess

from . import seen as reading
from . import trained as training
from .trained import Trained

STABLE = pytest.mark.framework("Stable-Baselines3", "stable-baselines3")
TENSORFLOW = pytest.mark.framework("TensorFlow", "tensorflow-cpu")
WRITER = pytest.mark.framework("TensorBoard", "tensorboard")


@pytest.fixture(scope="module")
def played(frameworks: None, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """A2C on CartPole."""
    yield training.train(server, tmp_path_factory.mktemp("sb3"), "sb3_tensorboard")


@pytest.fixture(scope="module")
def written(frameworks: None, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """torch's writer, two folders."""
    yield training.train(server, tmp_path_factory.mktemp("tb"), "tensorboard_sync")


@pytest.fixture(scope="module")
def summarised(frameworks: None, server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trained]:
    """``tf.summary`` and Keras's callback, three folders."""
    yield training.train(server, tmp_path_factory.mktemp("tf"), "tensorflow_summary")


def check_scalars(seen: reading.Seen, scalars: dict[str, list], step_of: str) -> None:
    """Every scalar event is there once, in order, at its own step."""
    for tag, events in scalars.items():
        found = [[row[step_of], row[tag]] for row in seen.rows if tag in row and step_of in row]
        assert [single(value) for _, value in found] == [single(value) for _, value in events], tag
        assert [step for step, _ in found] == [step for step, _ in events], tag


def single(value: float) -> bytes:
    """Give a value's single precision, which is what event files hold (and the client writes the shortest text of)."""
    return struct.pack("f", value)


@STABLE
@pytest.mark.behaviour("sync_tensorboard: every scalar at its step")
def test_scalars_are_those_of_the_event_file(played: Trained) -> None:
    assert len(played.ledger["scalars"]) >= 8
    for seen in played.both:
        check_scalars(seen, played.ledger["scalars"], "global_step")


@STABLE
@pytest.mark.behaviour("WandbCallback: config, gradients")
def test_config_and_gradients_are_there(played: Trained) -> None:
    for seen in played.both:
        training.check_values(seen.config, played.ledger["config"])
        keys = {key for row in seen.rows for key, value in row.items() if isinstance(value, dict)}
        assert {f"gradients/{name}" for name in played.ledger["parameters"]} <= keys


@STABLE
@pytest.mark.behaviour("WandbCallback: the saved model; the event file")
def test_model_and_event_file_are_run_files(played: Trained) -> None:
    for seen in played.both:
        assert seen.files["model.zip"] == played.ledger["model"]
        kept = [digest for path, digest in seen.files.items() if "tfevents" in path]
        assert kept == played.ledger["events"]


@WRITER
@pytest.mark.behaviour("sync_tensorboard: every scalar at its step")
def test_scalars_of_two_writers_are_there(written: Trained) -> None:
    for seen in written.both:
        check_scalars(seen, written.ledger["scalars"], "global_step")
        training.check_values(seen.config, written.ledger["config"])


@WRITER
@pytest.mark.behaviour("sync_tensorboard: histograms and pictures")
def test_histograms_and_pictures_come_back(written: Trained) -> None:
    for seen in written.both:
        (weights,) = [row["train/weights"] for row in seen.rows if "train/weights" in row]
        assert weights["_type"] == "histogram" and sum(weights["values"]) == written.ledger["weights"]
        (picture,) = [row["train/picture"] for row in seen.rows if "train/picture" in row]
        (path,) = picture.get("filenames") or [picture["path"]]
        body = written.server.request("GET", f"/files/local/frameworks/{written.run_id}/{path}")[2]
        assert training.pixels(io.BytesIO(body), "RGB") == written.ledger["picture"]


@TENSORFLOW
@pytest.mark.behaviour("sync_tensorboard: every scalar of tf.summary at its step")
def test_scalars_that_tensorflow_wrote_are_there(summarised: Trained) -> None:
    for seen in summarised.both:
        check_scalars(seen, summarised.ledger["scalars"], "global_step")
        training.check_values(seen.config, summarised.ledger["config"])


@TENSORFLOW
@pytest.mark.behaviour("sync_tensorboard: histograms and pictures of tf.summary")
def test_what_tensorflow_drew_comes_back(summarised: Trained) -> None:
    for seen in summarised.both:
        (weights,) = [row["train/weights"] for row in seen.rows if "train/weights" in row]
        assert weights["_type"] == "histogram" and sum(weights["values"]) == summarised.ledger["weights"]
        (picture,) = [row["train/picture"] for row in seen.rows if "train/picture" in row]
        (path,) = picture.get("filenames") or [picture["path"]]
        body = summarised.server.request("GET", f"/files/local/frameworks/{summarised.run_id}/{path}")[2]
        assert training.pixels(io.BytesIO(body), "RGB") == summarised.ledger["picture"]
