"""Media of the official client: whole in history and summary, listed and served through ``/api`` with their files."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from tests.serving import ServerProcess

from . import official

PROJECT = "/api/projects/local/media"
STEPS = 3

LOGGING = """
    import json, pathlib, wave
    import numpy as np, wandb
    from PIL import Image

    src = pathlib.Path("src")
    src.mkdir()
    Image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3)).save(src / "a b.png")
    Image.new("RGB", (4, 4)).save(src / "x.gif")
    with wave.open(str(src / "s.wav"), "wb") as sound:
        sound.setnchannels(1), sound.setsampwidth(2), sound.setframerate(8000)
        sound.writeframes(b"\\0\\1" * 800)
    (src / "v.mp4").write_bytes(b"\\0\\0\\0\\x18ftypmp42" + bytes(100))
    (src / "m.pdb").write_text("ATOM      1  N   MET A   1      27.340  24.430   2.614\\n")
    (src / "o.obj").write_text("v 0 0 0\\n")
    names = {0: "bg", 1: "cat"}
    mask = {"guess": {"mask_data": np.array([[0, 1], [1, 0]], np.uint8), "class_labels": names}}
    box = {"position": {"minX": 0.1, "maxX": 0.2, "minY": 0.3, "maxY": 0.4}, "class_id": 1, "box_caption": "cat",
           "scores": {"acc": 0.5}}
    boxes = {"guess": {"box_data": [box], "class_labels": {1: "cat"}}}
    black = lambda n: np.full((8, 6, 3), n, np.uint8)

    run = wandb.init(project="media", id="all", config={"shape": [8, 6]})
    for step in range(3):
        run.log({
            "x": step,
            "image": wandb.Image(black(step * 10), caption=f"step {step} \\u00e9"),
            "path": wandb.Image(str(src / "a b.png")),
            "boxed": wandb.Image(black(7), boxes=boxes, masks=mask),
            "many": [wandb.Image(black(i), caption=f"c{i}") for i in range(4)],
            "audio": wandb.Audio(str(src / "s.wav"), caption="sound"),
            "video": wandb.Video(str(src / "v.mp4")),
            "gif": wandb.Video(str(src / "x.gif"), format="gif"),
            "html": wandb.Html("<b>\\u00e9</b><script>alert(1)</script>"),
            "hist": wandb.Histogram(np.arange(100) * (step + 1)),
            "odd": wandb.Histogram(np_histogram=([1, 2, float("nan")], [0, 1, 2, float("inf")])),
            "cloud": wandb.Object3D(np.arange(30).reshape(10, 3)),
            "object": wandb.Object3D(str(src / "o.obj")),
            "molecule": wandb.Molecule(str(src / "m.pdb")),
            "nest": {"deep": {"image": wandb.Image(black(step))}},
            "val/picture": wandb.Image(black(step)),
        })
    rows = [[i, wandb.Image(black(i)), f"r{i}"] for i in range(3)]
    run.log({"table": wandb.Table(columns=["id", "image", "text"], data=rows), "x": 3})
    run.summary["kept"] = wandb.Image(black(9))
    run.finish()

    read = wandb.Api().run("media/all")
    sums = {}
    for file in read.files(per_page=20):
        if file.name.startswith("media/"):
            with open(file.download(root="down").name, "rb") as there:
                import base64, hashlib
                data = there.read()
            assert len(data) == file.size and file.md5 == base64.b64encode(hashlib.md5(data).digest()).decode()
            sums[file.name] = hashlib.sha256(data).hexdigest()
    out = {"sums": sums, "history": read.history(pandas=False), "kept": dict(read.summary["kept"]),
           "image": [row["image"] for row in read.scan_history(keys=["image"])]}
    print("OUT" + json.dumps(out))
"""

TYPES = {
    "image": "image-file",
    "path": "image-file",
    "boxed": "image-file",
    "many": "images/separated",
    "audio": "audio-file",
    "video": "video-file",
    "gif": "video-file",
    "html": "html-file",
    "hist": "histogram",
    "odd": "histogram",
    "cloud": "object3D-file",
    "object": "object3D-file",
    "molecule": "molecule-file",
    "nest.deep.image": "image-file",
    "val/picture": "image-file",
    "table": "table-file",
}


@pytest.fixture(scope="module")
def logged(server: ServerProcess, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give what the client that logged the media read back by itself."""
    output = official.run(server, tmp_path_factory.mktemp("media"), LOGGING)
    [line] = [line for line in output.splitlines() if line.startswith("OUT")]
    return json.loads(line[3:])


@pytest.fixture(scope="module")
def rows(server: ServerProcess, logged: dict[str, Any]) -> list[dict[str, Any]]:
    return official.history(server, "media", "all")


def values(server: ServerProcess, **asked: Any) -> dict[str, Any]:
    return server.post_json(f"{PROJECT}/media/values", {"runs": ["all"], **asked})


def test_every_value_is_whole_in_the_history(rows: list[dict[str, Any]]) -> None:
    assert [row["_step"] for row in rows] == [0, 1, 2, 3]
    for row in rows[:STEPS]:
        assert {key: row[key]["_type"] for key in TYPES if key != "table"} == {
            key: kind for key, kind in TYPES.items() if key != "table"
        }
        assert (row["image"]["width"], row["image"]["height"], row["image"]["format"]) == (6, 8, "png")
        assert row["image"]["caption"] == f"step {row['_step']} é"
        assert row["many"]["captions"] == ["c0", "c1", "c2", "c3"] and row["many"]["count"] == 4
        assert official.same(row["odd"]["values"], [1, 2, float("nan")])
        assert official.same(row["odd"]["bins"], [0, 1, 2, float("inf")])
        assert sum(row["hist"]["values"]) == 100 and row["hist"]["bins"][-1] == 99 * (row["_step"] + 1)
        assert row["boxed"]["boxes"]["guess"]["_type"] == "boxes2D"
        assert row["boxed"]["masks"]["guess"]["_type"] == "mask"
    table = rows[STEPS]["table"]
    assert (table["nrows"], table["ncols"]) == (3, 3)
    assert table["artifact_path"].startswith("wandb-client-artifact://")


def test_the_public_api_reads_the_same_values_and_bytes(logged: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    for theirs, ours in zip(logged["history"], rows, strict=True):
        assert all(official.same(theirs[key], ours[key]) for key in ours if key in TYPES), theirs
    assert logged["image"] == [row["image"] for row in rows[:STEPS]]
    sums = logged["sums"]
    assert len(sums) > 50
    for row in rows[:STEPS]:
        for key, value in row.items():
            if key in TYPES and "path" in value:
                assert sums[value["path"]] == value["sha256"], key
        assert all(name in sums for name in row["many"]["filenames"])
        for part in (row["boxed"]["boxes"]["guess"], row["boxed"]["masks"]["guess"]):
            assert sums[part["path"]] == part["sha256"]


def test_the_summary_has_the_last_value_whole(
    server: ServerProcess, logged: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    summary = official.described(server, "media", "all")["summary"]
    last = rows[STEPS - 1]
    for key in ("image", "boxed", "many", "hist", "val/picture"):
        assert summary[key] == last[key]
    assert summary["nest"]["deep"]["image"] == last["nest.deep.image"]
    assert summary["odd"]["values"] == [1, 2, {"_type": "number", "value": "NaN"}]
    assert summary["kept"]["sha256"] == logged["kept"]["sha256"]
    assert logged["sums"][summary["kept"]["path"]] == summary["kept"]["sha256"]


def test_keys_are_listed_with_their_types(server: ServerProcess, logged: dict[str, Any]) -> None:
    keys = server.get_json(f"{PROJECT}/media?runs=all,none")["keys"]
    assert {one["key"]: one["types"] for one in keys} == {key: {kind: 1} for key, kind in TYPES.items()}
    assert {one["points"] for one in keys if one["key"] != "table"} == {STEPS}
    kinds = {one["key"]: one["kind"] for one in server.get_json(f"{PROJECT}/metrics?runs=all")["metrics"]}
    assert {kinds[key] for key in TYPES} == {"media"} and kinds["x"] == "number"


def test_a_slider_gets_steps_and_the_value_at_each(
    server: ServerProcess, logged: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    asked = {"runs": ["all", "none"], "keys": ["image", "table", "nothing"]}
    assert server.post_json(f"{PROJECT}/media/steps", asked) == {
        "series": [
            {"run": "all", "key": "image", "steps": [0, 1, 2]},
            {"run": "all", "key": "table", "steps": [3]},
        ],
        "truncated": False,
    }
    for at, step in ((0, 0), (1, 1), (99, 2), (None, 2)):
        [one] = values(server, keys=["image"], at=at)["values"]
        assert (one["run"], one["key"], one["step"], one["value"]) == ("all", "image", step, rows[step]["image"])
    assert values(server, keys=["table"], at=2)["values"] == []


def test_a_value_comes_with_its_files_and_class_names(server: ServerProcess, logged: dict[str, Any]) -> None:
    [one] = values(server, keys=["boxed"], at=1)["values"]
    assert one["labels"] == {"masks": {"guess": {"0": "bg", "1": "cat"}}, "boxes": {"guess": {"1": "cat"}}}
    value = one["value"]
    wanted = [value, value["boxes"]["guess"], value["masks"]["guess"]]
    assert set(one["files"]) == {part["path"] for part in wanted}
    for part in wanted:
        file = one["files"][part["path"]]
        status, headers, body = server.request("GET", file["address"])
        assert (status, len(body), headers["content-type"]) == (200, file["size_bytes"], file["media_type"])
        assert hashlib.sha256(body).hexdigest() == part["sha256"]
        assert "immutable" in headers["cache-control"]  # the address names these very bytes
    [box] = json.loads(server.request("GET", one["files"][value["boxes"]["guess"]["path"]]["address"])[2])["box_data"]
    assert (box["box_caption"], box["scores"], box["position"]["maxY"]) == ("cat", {"acc": 0.5}, 0.4)
    [many] = values(server, keys=["many"], at=0)["values"]
    assert list(many["files"]) == many["value"]["filenames"]


def test_histograms_of_a_range_come_thinned_evenly(server: ServerProcess, logged: dict[str, Any]) -> None:
    whole = values(server, keys=["hist", "odd"], range=[0, 10])
    assert [(one["key"], one["step"]) for one in whole["values"]] == [
        (key, step) for key in ("hist", "odd") for step in range(STEPS)
    ]
    assert whole["thinned"] is False
    thin = values(server, keys=["hist"], range=[0, 10], limit=2)
    assert [one["step"] for one in thin["values"]] == [0, 2] and thin["thinned"] is True
    assert thin["values"][0]["value"]["bins"][-1] == 99


@pytest.mark.parametrize(
    "asked",
    [
        {"keys": ["a"] * 101},
        {"runs": ["a"] * 101, "keys": ["a"]},
        {"keys": ["a"], "at": -1},
        {"keys": ["a"], "range": [1]},
        {"keys": ["a"], "limit": 0},
        {"keys": "a"},
    ],
)
def test_what_cannot_be_asked_is_refused(server: ServerProcess, logged: dict[str, Any], asked: dict[str, Any]) -> None:
    status, _, body = server.request("POST", f"{PROJECT}/media/values", {"runs": ["all"], **asked})
    assert status == 400 and json.loads(body)["code"] == "invalid"


def test_html_of_a_user_can_do_nothing_to_its_reader(
    server: ServerProcess, logged: dict[str, Any], rows: list[dict[str, Any]]
) -> None:
    _, headers, body = server.request("GET", f"/files/local/media/all/{rows[0]['html']['path']}")
    assert b"<script>alert(1)</script>" in body  # it is served as it was logged, and runs, if at all, in a box
    assert headers["content-security-policy"].startswith("sandbox allow-scripts; default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
