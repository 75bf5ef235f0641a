"""Whatever objects a script hands over: the run goes on, good values arrive, what was dropped is counted."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import pytest

import runwell
from runwell.wire.errors import InvalidValue, UsageError
from runwell.wire.limits import MAX_ALERT_TEXT_CHARS

from .conftest import last_of, records_of, rows_of

Begin = Callable[..., runwell.Run]
SEEDS = max(1, int(os.environ.get("RUNWELL_SEEDS", "500")) // 10)

FAILING = (
    ("__str__", "__repr__"),
    ("__getattribute__",),
    ("__getattr__",),
    ("__eq__", "__hash__"),
    ("__bool__",),
    ("__len__", "__iter__"),
    ("__float__", "__array__"),
    ("keys", "__getitem__"),
    ("__class__",),
)


class _Wordless(Exception):
    def __str__(self) -> str:
        raise ValueError("even its own words fail")


def broken(*names: str) -> Any:
    """An object that fails in these methods, with an error that can't be said either."""

    def fail(*_: Any) -> Any:
        raise _Wordless

    return type("Broken", (), {name: property(fail) if name == "__class__" else fail for name in names})()


class Endless(Mapping[str, int]):
    def __getitem__(self, key: str) -> int:
        return 1

    def __len__(self) -> int:
        return 1

    def __iter__(self) -> Iterator[str]:
        number = 0
        while True:
            number += 1
            yield f"k{number}"


class HalfRead(Mapping[str, int]):
    """Gives two keys, then fails."""

    def __getitem__(self, key: str) -> int:
        return 1

    def __len__(self) -> int:
        return 9

    def __iter__(self) -> Iterator[str]:
        yield from ("first", "second")
        raise _Wordless


class Stubborn(str):
    """A text whose own words fail; what it holds is good."""

    __str__ = __repr__ = broken("x").x  # type: ignore[assignment]


def rejected(run: runwell.Run) -> int:
    run._journal.check()
    counts = [entry.payload for entry in records_of(run) if entry.kind == "count"]
    return counts[-1].get("rejected_values", 0) if counts else 0


@pytest.mark.parametrize("names", FAILING, ids="+".join)
def test_a_broken_object_costs_nothing_but_itself(begin: Begin, names: tuple[str, ...]) -> None:
    run, bad = begin(config={"lr": 0.1, "bad": broken(*names)}), broken(*names)
    before = rejected(run)
    run.log({"loss": 1, "bad": bad, "level": {"bad": bad, "good": 2}})
    assert rows_of(run) == [{"_step": 0, "loss": 1, "level": {"good": 2}}]
    assert rejected(run) == before + 2
    run.summary.update({"best": 3, "bad": bad})
    assert (run.summary["best"], "bad" in run.summary) == (3, False)
    assert rejected(run) == before + 3
    run.config.update({"depth": 4, "tree": [bad, 5]})
    set_keys = {k: v for entry in records_of(run) if entry.kind == "config" for k, v in entry.payload["set"].items()}
    assert (set_keys["lr"], set_keys["depth"], set_keys["tree"][1]) == (0.1, 4, 5)
    assert "Broken" in set_keys["tree"][0] and "Broken" in set_keys["bad"]
    assert "Broken" in repr(run.config)
    run.log({"cells": runwell.Table(columns=["a", "b"], data=[["kept", bad]])})
    assert rows_of(run)[-1]["cells"]["nrows"] == 1
    run.alert(bad, bad)
    run.notes = bad
    assert {"title", "text"} <= set(last_of(run, "alert"))
    artifact = runwell.Artifact("data", "dataset", metadata={"bad": bad, "good": 6})
    assert artifact.metadata["good"] == 6
    artifact.add(runwell.Table(columns=["a", "b"], data=[["kept", bad]]), "cells")
    assert "cells.table.json" in artifact.entries()
    wrong: list[Callable[[], Any]] = [
        lambda: run.log(bad),
        lambda: run.log({"loss": 1}, step=bad),
        lambda: setattr(run, "name", bad),
        lambda: setattr(run, "tags", [bad]),
        lambda: run.define_metric(bad),
        lambda: run.define_metric("loss", step_metric=bad),
        lambda: run.watch(bad),
        lambda: run.save(bad),
        lambda: run.alert("title", "text", wait_duration=bad),
        lambda: run.log_artifact(bad),
        lambda: runwell.Artifact(bad, "dataset"),
        lambda: runwell.Table(columns=["a"], data=[bad]),
    ]
    for call in wrong:
        with pytest.raises((UsageError, InvalidValue)):
            call()
    run.log({"loss": 7})
    assert rows_of(run)[-1]["loss"] == 7


def test_a_mapping_that_fails_or_never_ends_keeps_what_it_gave(begin: Begin) -> None:
    run = begin(config=HalfRead())
    assert dict(run.config) == {"first": 1, "second": 1}
    assert rejected(run) == 1
    run.config.update(Endless())
    assert run.config["k9"] == 1
    assert rejected(run) > 1
    run.log({"good": 1, "many": Endless(), "list": [Endless()]})
    assert rows_of(run)[0]["good"] == 1
    assert "list" not in rows_of(run)[0]
    assert runwell.Artifact("a", "t", metadata=HalfRead()).metadata == {"first": 1, "second": 1}
    with pytest.raises(UsageError, match="too many"):
        run.tags = Endless()


def test_texts_arrive_whatever_their_class_says_and_however_long(begin: Begin) -> None:
    run = begin()
    run.log({"text": Stubborn("held"), "broken \ud800 key": 1, "lone": "a\ud800b"})
    assert rows_of(run) == [{"_step": 0, "text": "held", "lone": "a\ufffdb"}]
    run.alert("lone \ud800", "x" * 10_000_000)
    assert last_of(run, "alert")["title"] == "lone \ufffd"
    assert len(last_of(run, "alert")["text"]) == MAX_ALERT_TEXT_CHARS + 1
    run.name = Stubborn("named")
    assert run.name == "named"


def test_one_cell_that_no_reader_could_hold_costs_the_table_nothing(begin: Begin) -> None:
    run = begin()
    run.log({"t": runwell.Table(columns=["n"], data=[[10**5_000], [1]])})
    assert rows_of(run)[0]["t"]["nrows"] == 2
    assert rejected(run) == 1


def test_metadata_that_holds_itself_is_named() -> None:
    metadata: dict[str, Any] = {"good": 1}
    metadata["self"] = metadata
    assert runwell.Artifact("a", "t", metadata=metadata).metadata == {"good": 1, "self": "[metadata.self holds itself]"}


def test_generated_trees_arrive_but_for_what_is_broken_in_them(begin: Begin) -> None:
    run, dropped, expected = begin(), 0, []
    for seed in range(SEEDS):
        tree, kept, lost = _tree(random.Random(seed), 0)
        run.log({"seed": seed, "tree": tree})
        run.config.update({f"c{seed}": tree})
        run.summary.update({f"s{seed}": tree})
        # Rows and the summary leave a broken leaf out, config names it: each counts it.
        dropped += 3 * lost
        expected.append({"_step": seed, "seed": seed, "tree": kept})
    assert rows_of(run) == expected
    assert rejected(run) == dropped


def _tree(chance: random.Random, depth: int) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Give a tree with broken leaves, the tree without them, and their number."""
    given: dict[str, Any] = {"good": chance.random()}
    kept, lost = dict(given), 0
    for number in range(chance.randrange(4)):
        key = f"k{number}"
        if depth < 4 and chance.random() < 0.4:
            given[key], kept[key], inside = _tree(chance, depth + 1)
            lost += inside
        elif chance.random() < 0.5:
            given[key] = broken(*chance.choice([names for names in FAILING if _costs_itself(names)]))
            lost += 1
        else:
            given[key] = kept[key] = chance.choice([1, "text", None, 2.5, True, [1, 2], {}])
    return given, kept, lost


def _costs_itself(names: tuple[str, ...]) -> bool:
    """Whether config, too, finds nothing to say of an object with these failings."""
    return names in (("__str__", "__repr__"), ("__getattribute__",))


class EndlessItems:
    def __iter__(self) -> Iterator[int]:
        return itertools.repeat(1)


class NoBytes:
    def read(self) -> None:
        return None


def _hostile() -> dict[str, Any]:
    cells = np.empty(1, dtype=object)
    cells[0] = broken("__float__", "__array__", "__str__", "__repr__")
    return {
        **{"+".join(names): broken(*names) for names in FAILING},
        **{f"{name}()": broken(name) for name in ("read", "savefig", "detach", "tolist", "__fspath__")},
        "endless mapping": Endless(),
        "endless items": EndlessItems(),
        "a file of no bytes": NoBytes(),
        "a number of 5,001 digits": 10**5000,
        "a list of it": [10**5000],
        "an array of objects": cells,
        "a type": int,
        "a set": {1, 2},
        "bytes": b"abc",
        "a path with a NUL": "a\0b.png",
        "half a character": "\ud800.html",
        "rows of two lengths": [[1, 2], [3]],
    }


_BOX = {"minX": 0, "maxX": 1, "minY": 0, "maxY": 1}
_PIXELS = np.zeros((2, 2, 3), np.uint8)
_TAKES: dict[str, Callable[[Any], Any]] = {
    "Image": runwell.Image,
    **{
        f"Image {name}": lambda bad, name=name: runwell.Image(_PIXELS, **{name: bad})
        for name in ("mode", "caption", "grouping", "classes", "boxes", "masks", "file_type")
    },
    "boxes": lambda bad: runwell.Image(_PIXELS, boxes={"b": bad}),
    "box_data": lambda bad: runwell.Image(_PIXELS, boxes={"b": {"box_data": bad}}),
    "position": lambda bad: runwell.Image(_PIXELS, boxes={"b": {"box_data": [{"position": {**_BOX, "minX": bad}}]}}),
    **{
        name: lambda bad, name=name: runwell.Image(_PIXELS, boxes={"b": {"box_data": [{"position": _BOX, name: bad}]}})
        for name in ("class_id", "scores", "domain", "box_caption")
    },
    "mask_data": lambda bad: runwell.Image(_PIXELS, masks={"m": {"mask_data": bad}}),
    "mask path": lambda bad: runwell.Image(_PIXELS, masks={"m": {"path": bad}}),
    "Html": runwell.Html,
    "Histogram": runwell.Histogram,
    "np_histogram": lambda bad: runwell.Histogram(np_histogram=bad),
    "counts": lambda bad: runwell.Histogram(np_histogram=(bad, [0, 1])),
    "num_bins": lambda bad: runwell.Histogram([1, 2], num_bins=bad),
    "Audio": lambda bad: runwell.Audio(bad, sample_rate=8000),
    "sample_rate": lambda bad: runwell.Audio([0.0, 1.0], sample_rate=bad),
    "Video": runwell.Video,
    "fps": lambda bad: runwell.Video(np.zeros((2, 3, 4, 4), np.uint8), fps=bad),
    "Object3D": runwell.Object3D,
    "scene boxes": lambda bad: runwell.Object3D({"type": "lidar/beta", "boxes": bad}),
    "Molecule": lambda bad: runwell.Molecule(bad, file_type="pdb"),
    "Plotly": runwell.Plotly,
    "dataframe": lambda bad: runwell.Table(dataframe=bad),
    "add_column": lambda bad: runwell.Table(columns=["a"], data=[[1]]).add_column("b", bad),
    "xs": lambda bad: runwell.plot.line_series(bad, [[1]]),
    "ys": lambda bad: runwell.plot.line_series([1], bad),
    "y_true": lambda bad: runwell.plot.confusion_matrix(preds=[0], y_true=bad),
    "class_names": lambda bad: runwell.plot.confusion_matrix(preds=[0], y_true=[0], class_names=bad),
    "roc y_probas": lambda bad: runwell.plot.roc_curve([0], bad),
    "pr y_true": lambda bad: runwell.plot.pr_curve(bad, [[0.5, 0.5]]),
    "fields": lambda bad: runwell.plot.plot_table("line", runwell.Table(columns=["a"], data=[[1]]), bad),
}


@pytest.mark.parametrize("made_of", _hostile())
def test_media_and_charts_of_a_hostile_object_are_refused_in_our_words_or_can_be_logged(
    begin: Begin, made_of: str
) -> None:
    """With the object's own error, or for ever, before: one endless mapping filled the memory."""
    run = begin()
    for name, take in _TAKES.items():
        try:
            made = take(_hostile()[made_of])
        except (UsageError, InvalidValue) as error:
            assert len(str(error)) > 10, name
        else:
            run.log({name: made})
    run.log({"loss": 1})
    assert rows_of(run)[-1]["loss"] == 1


def test_what_is_refused_says_what_was_given_and_where_to_read_what_is_taken() -> None:
    class Figure:
        def savefig(self, *_: Any, **__: Any) -> None:
            raise ValueError("no canvas")

    words = r"Image\(Figure, caption=str\) can't be made: ValueError: 'no canvas'; help\(runwell.Image\) says"
    with pytest.raises(UsageError, match=words):
        runwell.Image(Figure(), caption="a cat")
    with pytest.raises(TypeError, match="unexpected keyword argument 'captoin'"):
        runwell.Image(_PIXELS, captoin="a cat")  # type: ignore[call-arg]
    with pytest.raises(UsageError, match="1,000 classes; a confusion matrix has at most 447"):
        runwell.plot.confusion_matrix(preds=np.linspace(0, 1, 1000), y_true=np.linspace(0, 1, 1000))
