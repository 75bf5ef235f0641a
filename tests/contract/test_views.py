"""Saved views: kept as given, changed by their owner, shared, never lost between two tabs; alike in every catalog."""

from __future__ import annotations

import itertools
import threading

import pytest

from runwell.server.domain.access import Actor, Conflict, Forbidden, InvalidValue, NotFound
from runwell.server.domain.projects import Projects
from runwell.server.domain.views import ViewMoved, Views
from runwell.wire.limits import MAX_VIEW_BYTES

NOW = 1_795_000_000.0
PLACE = ("team", "p")
SPEC = {"z": [1, 2.5, 1e16, float("nan"), 2**60], "a": {"한": "국\x00", "": None}}


@pytest.fixture
def views(catalog):
    times = itertools.count(NOW)
    return Views(catalog, Projects(catalog), clock=lambda: next(times))


@pytest.fixture
def people(catalog) -> dict[str, Actor]:
    """Kim and Lee of a team, Max who may look at its projects, Zoe from elsewhere, Ann who administers."""

    def work(c) -> dict[str, Actor]:
        team = catalog.accounts.add_team(c, "team", NOW)
        catalog.projects.find_or_create(c, team, "p", NOW)
        made = {}
        for name in ("kim", "lee", "max", "zoe", "ann"):
            user = catalog.accounts.add_user(c, name, name == "ann", None, NOW)
            number = getattr(user, "id", user)
            mine = frozenset() if name in ("zoe", "ann") else frozenset({team})
            viewer = frozenset({team}) if name == "max" else frozenset()
            made[name] = Actor(number, name, name, name == "ann", mine, viewer_ids=viewer)
        return made

    return catalog.write(work)


def names(views: Views, actor: Actor) -> list[str]:
    return [view["name"] for view in views.list(actor, *PLACE)]


def test_a_view_comes_back_as_it_was_given(views, people):
    _, made = views.add(people["kim"], *PLACE, "Loss", SPEC, False)
    found = views.find(people["kim"], *PLACE, made["id"])
    assert found == made
    tagged = [{"_type": "number", "value": "NaN"}, {"_type": "number", "value": str(2**60), "float": float(2**60)}]
    assert found["spec"] == {"z": [1, 2.5, 1e16, *tagged], "a": {"한": "국\ufffd", "": None}}
    assert list(found["spec"]) == ["z", "a"]
    assert {key: found[key] for key in ("name", "owner", "shared", "default", "mine", "revision")} == {
        "name": "Loss",
        "owner": "kim",
        "shared": False,
        "default": False,
        "mine": True,
        "revision": 1,
    }
    [listed] = views.list(people["kim"], *PLACE)
    assert listed == {key: value for key, value in found.items() if key != "spec"}


def test_others_see_shared_views_and_change_none(views, people):
    kim, lee, look, zoe, ann = (people[name] for name in ("kim", "lee", "max", "zoe", "ann"))
    _, own = views.add(kim, *PLACE, "own", {}, False)
    _, shared = views.add(kim, *PLACE, "shared", {}, True)
    views.put_draft(kim, *PLACE, {"draft": True})
    assert names(views, kim) == ["own", "shared"]
    for other in (lee, look):
        assert names(views, other) == ["shared"]
        assert views.find(other, *PLACE, shared["id"])["mine"] is False
        with pytest.raises(NotFound):
            views.find(other, *PLACE, own["id"])
        with pytest.raises(Forbidden, match="is kim's; save it under a name of your own"):
            views.edit(other, *PLACE, shared["id"], spec={"x": 1})
        with pytest.raises(Forbidden):
            views.delete(other, *PLACE, shared["id"])
        assert views.draft(other, *PLACE) is None
    with pytest.raises(NotFound):
        views.list(zoe, *PLACE)
    assert names(views, ann) == ["shared"]
    views.delete(ann, *PLACE, own["id"])
    assert names(views, kim) == ["shared"]


def test_who_may_only_look_keeps_views_of_his_own(views, people):
    look = people["max"]
    _, mine = views.add(look, *PLACE, "mine", {}, False)
    views.put_draft(look, *PLACE, {"x": 1})
    for change in ({"shared": True}, {"default": True}):
        with pytest.raises(Forbidden, match="you may look at project"):
            views.edit(look, *PLACE, mine["id"], **change)
    with pytest.raises(Forbidden):
        views.add(look, *PLACE, "for all", {}, True)
    views.edit(look, *PLACE, mine["id"], name="renamed")
    assert names(views, look) == ["renamed"]


def test_one_view_is_the_default_and_everybody_sees_it(views, people):
    kim, lee = people["kim"], people["lee"]
    made = {name: views.add(kim, *PLACE, name, {}, False)[1]["id"] for name in ("a", "b")}
    _, first = views.edit(kim, *PLACE, made["a"], default=True)
    assert (first["default"], first["shared"], first["revision"]) == (True, True, 1)
    views.edit(kim, *PLACE, made["b"], shared=True)
    views.edit(lee, *PLACE, made["b"], default=True)  # not his, but the project is
    assert [(view["name"], view["default"]) for view in views.list(lee, *PLACE)] == [("a", False), ("b", True)]
    with pytest.raises(Conflict, match="the project's default"):
        views.edit(kim, *PLACE, made["b"], shared=False)
    for reader in (lee, people["max"]):
        assert views.draft(reader, *PLACE) is None
        assert views.opened(reader, *PLACE)["name"] == "b"
    views.put_draft(lee, *PLACE, {"mine": True})
    assert views.opened(lee, *PLACE)["spec"] == {"mine": True}
    assert views.opened(lee, *PLACE, made["a"])["name"] == "a"
    with pytest.raises(NotFound, match="there is no view 'gone'"):
        views.opened(lee, *PLACE, "gone")
    views.edit(kim, *PLACE, made["b"], shared=False, default=False)
    views.edit(kim, *PLACE, made["b"], default=False)
    assert names(views, lee) == ["a"]
    views.edit(lee, *PLACE, made["a"], default=True)
    views.delete(kim, *PLACE, made["a"])
    assert names(views, lee) == []


def test_a_change_to_what_is_no_longer_there_is_refused_with_what_is(views, people):
    kim = people["kim"]
    _, view = views.add(kim, *PLACE, "v", {"n": 0}, False)
    _, second = views.edit(kim, *PLACE, view["id"], spec={"n": 1}, revision=1)
    assert second["revision"] == 2
    with pytest.raises(ViewMoved, match="has revision 2 now") as caught:
        views.edit(kim, *PLACE, view["id"], spec={"n": 2}, revision=1)
    assert caught.value.current == second
    _, again = views.edit(kim, *PLACE, view["id"], spec={"n": 1}, revision=1)  # its answer was lost: sent again
    assert again == second
    views.edit(kim, *PLACE, view["id"], default=True, revision=1)  # says nothing of what the view holds
    with pytest.raises(ViewMoved) as caught:
        views.put_draft(kim, *PLACE, {"n": 1}, revision=3)
    assert caught.value.current is None
    draft = views.put_draft(kim, *PLACE, {"n": 1}, revision=0)
    assert (draft["name"], draft["revision"]) == (None, 1)
    assert views.put_draft(kim, *PLACE, {"n": 1}, revision=0) == draft
    with pytest.raises(ViewMoved) as caught:
        views.put_draft(kim, *PLACE, {"n": 2}, revision=0)
    assert caught.value.current == draft
    assert views.put_draft(kim, *PLACE, {"n": 2})["revision"] == 2
    views.delete_draft(kim, *PLACE)
    views.delete_draft(kim, *PLACE)
    assert views.draft(kim, *PLACE) is None
    with pytest.raises(NotFound):
        views.find(kim, *PLACE, draft["id"])


def test_two_tabs_keep_one_draft(views, people):
    kim, failures = people["kim"], []

    def put(n: int) -> None:
        try:
            views.put_draft(kim, *PLACE, {"n": n})
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=put, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    kept = views.draft(kim, *PLACE)
    assert kept["revision"] == 8 and kept["spec"]["n"] in range(8)


def test_what_no_view_can_be_is_refused(views, people, monkeypatch):
    kim = people["kim"]
    nested: dict = {}
    for _ in range(100):
        nested = {"in": nested}
    for name, spec, why in [
        ("", {}, "view name is empty"),
        ("a\x07", {}, "control characters"),
        ("n" * 129, {}, "129 characters"),
        ("deep", nested, "nested deeper"),
        ("large", {"text": "가" * (MAX_VIEW_BYTES // 3)}, "at most 1,048,576 are kept"),
    ]:
        with pytest.raises(InvalidValue, match=why):
            views.add(kim, *PLACE, name, spec, False)
    monkeypatch.setattr("runwell.server.domain.views.MAX_VIEWS", 1)
    views.add(kim, *PLACE, "only", {}, False)
    with pytest.raises(InvalidValue, match="you have 1 views"):
        views.add(kim, *PLACE, "another", {}, False)
    assert names(views, kim) == ["only"]
