"""Media out of segments and tail: found by step, thinned evenly, with the files that are there."""

from __future__ import annotations

from typing import Any

import pytest

from runwell.server.domain.access import SYSTEM, Actor, NotFound
from runwell.server.domain.media import Media, class_labels, file_paths
from runwell.server.domain.row_parts import RowParts
from runwell.server.domain.tail import Tails

from .conftest import Engine


@pytest.fixture
def media(engine: Engine) -> Media:
    return Media(engine.catalog, engine.projects, RowParts(engine.catalog, engine.segments, Tails(engine.catalog)))


def image(step: int) -> dict[str, Any]:
    return {"_type": "image-file", "path": f"media/images/i_{step}.png", "caption": f"step {step}"}


def log(engine: Engine, steps: list[int], offset: int) -> None:
    rows = [{"_step": step, "image": image(step), "loss": step} for step in steps]
    engine.log(engine.run(), rows, offset)


@pytest.fixture
def sealed(engine: Engine) -> Engine:
    """A run of 60 images, 40 of them in a segment, then numbers and text under the same key."""
    log(engine, list(range(0, 80, 2)), 0)
    engine.sealer.seal_now(engine.run().id)
    log(engine, list(range(80, 120, 2)), 40)
    other: list[Any] = [3.5, "text", [1], {"a": 1}, None]
    engine.log(engine.run(), [{"_step": 200 + n, "image": value} for n, value in enumerate(other)], 60)
    return engine


ASKED = (SYSTEM, "local", "p", ["run1"], ["image"])


@pytest.mark.parametrize(
    ("at", "step"), [(0, 0), (1, 0), (2, 2), (79, 78), (80, 80), (99, 98), (1000, 118), (None, 118)]
)
def test_the_value_at_a_step_is_the_newest_up_to_it(sealed: Engine, media: Media, at: int | None, step: int) -> None:
    [one] = media.values_at(*ASKED, at)
    assert (one.step, one.value) == (step, image(step))


def test_of_a_step_logged_twice_the_later_value_counts(engine: Engine, media: Media) -> None:
    log(engine, [5, 7, 5], 0)
    run = engine.run()
    engine.log(run, [{"_step": 7, "image": {"_type": "image-file", "path": "again.png"}}], 3)
    assert [one.value["path"] for one in media.values_at(*ASKED, 7)] == ["again.png"]
    engine.sealer.seal_now(run.id)
    assert [one.value["path"] for one in media.values_at(*ASKED, 7)] == ["again.png"]


def test_what_is_no_media_is_no_step_of_a_slider(sealed: Engine, media: Media) -> None:
    assert media.steps(*ASKED) == ([("run1", "image", list(range(0, 120, 2)))], False)
    assert media.steps(SYSTEM, "local", "p", ["run1", "none"], ["loss", "nothing"]) == ([], False)


def test_a_range_is_thinned_evenly_and_keeps_its_ends(sealed: Engine, media: Media) -> None:
    found, thinned = media.values_between(*ASKED, 10, 110, 6)
    assert thinned and [one.step for one in found] == [10, 30, 50, 70, 90, 110]
    found, thinned = media.values_between(*ASKED, 76, 84, 10)
    assert not thinned and [one.step for one in found] == [76, 78, 80, 82, 84]


def test_files_that_have_not_arrived_are_said_to_be_missing(sealed: Engine, media: Media) -> None:
    run = sealed.run()
    sealed.catalog.write(lambda c: sealed.catalog.files.put(c, run.id, "media/images/i_4.png", "a" * 64, 9, 1.0))
    here, missing = media.values_between(*ASKED, 4, 6, 10)[0]
    assert here.files["media/images/i_4.png"] is not None and missing.files == {"media/images/i_6.png": None}


def test_keys_say_their_types_with_and_without_a_summary(sealed: Engine, media: Media) -> None:
    [key] = media.keys(SYSTEM, "local", "p", ["run1"])
    assert (key["key"], key["types"], key["runs"], key["points"]) == (
        "image",
        {"image-file": 1},
        1,
        64,
    )  # an object is a level


def test_a_stranger_sees_no_media(sealed: Engine, media: Media) -> None:
    stranger = Actor(9, "s", "s", is_admin=False, entity_ids=frozenset())
    for ask in (lambda: media.keys(stranger, "local", "p", ["run1"]), lambda: media.steps(stranger, *ASKED[1:])):
        with pytest.raises(NotFound):
            ask()


def test_paths_are_found_wherever_a_value_keeps_them() -> None:
    value = {
        "path": "a",
        "filenames": ["b", "c", 3, ""],
        "masks": {"m": {"path": "d"}},
        "all_boxes": [{"x": {"path": "e"}}, None],
        "bins": [1, 2],
    }
    assert list(file_paths(value)) == ["a", "b", "c", "d", "e"]
    assert list(file_paths({"path": 3, "filenames": "x"})) == []
    clouds = {"_type": "object3D", "filenames": ["c_0.pts.json"], "objects": [{"path": "media/object3D/c_0.pts.json"}]}
    assert set(file_paths(clouds)) == {"media/object3D/c_0.pts.json"}


@pytest.mark.parametrize("config", [{}, {"mask/class_labels": 3}, {"mask/class_labels": {"k": {}, "k_x": None}}])
def test_class_names_of_nonsense_are_none(config: dict[str, Any]) -> None:
    assert class_labels(config, "k") == {}
