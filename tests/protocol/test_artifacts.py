"""Artifacts with the unmodified official client: logged, used, compared byte by byte, edited, linked, deleted."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.protocol import official
from tests.serving import ServerProcess

LOGGING = """
    import json, os, pathlib, wandb
    stuff = pathlib.Path("stuff")
    (stuff / "sub").mkdir(parents=True)
    (stuff / "a.txt").write_text("hello")
    (stuff / "sub" / "b.bin").write_bytes(bytes(range(256)) * 400)
    (stuff / "한글 이름.txt").write_text("안녕")
    pathlib.Path("outside.txt").write_text("outside")
    pathlib.Path("script.py").write_text("print('kept')")
    blobs = pathlib.Path(os.environ["BLOBS"])

    def dataset(**more):
        artifact = wandb.Artifact("ds", "dataset", **more)
        artifact.add_dir(str(stuff))
        artifact.add_reference(pathlib.Path("outside.txt").absolute().as_uri(), name="ref/outside.txt")
        artifact.add(wandb.Table(columns=["x", "y"], data=[[1, "p"], [2, "q"]]), "table")
        return artifact

    said = {}
    with wandb.init(project="artifacts", id="maker") as run:
        first = dataset(description="my data", metadata={"n": 1, "deep": {"list": [1, 2.5, None]}})
        run.log_artifact(first, aliases=["best"], tags=["t1"]).wait()
        said["first"] = [first.version, sorted(first.aliases), first.tags]
        same = run.log_artifact(dataset(), aliases=["again"])
        same.wait()
        said["same"] = [same.version, same.id == first.id]
        (stuff / "a.txt").write_text("changed")
        old = 1_000_000_000
        for blob in blobs.rglob("*"):
            os.utime(blob, (old, old))
        second = run.log_artifact(dataset())
        second.wait()
        said["second"] = second.version
        sent = [blob for blob in blobs.rglob("*") if blob.is_file() and blob.stat().st_mtime != old]
        said["sent"] = sorted(blob.stat().st_size for blob in sent)
        said["wrong type"] = ""
        try:
            run.log_artifact(wandb.Artifact("ds", "model")).wait()
        except ValueError as error:
            said["wrong type"] = str(error)
        draft = second.new_draft()
        draft.remove("a.txt")
        with draft.new_file("new.txt") as file:
            file.write("new")
        said["draft"] = run.log_artifact(draft).wait().version
        for part in range(2):
            piece = wandb.Artifact("parts", "dataset")
            with piece.new_file(f"part{part}.txt") as file:
                file.write(f"part {part}")
            run.upsert_artifact(piece, distributed_id="group")
        run.finish_artifact(wandb.Artifact("parts", "dataset"), distributed_id="group").wait()
        more = wandb.Artifact("ds", "dataset", incremental=True)
        with more.new_file("more.txt") as file:
            file.write("more")
        said["incremental"] = run.log_artifact(more).wait().version
        run.log({"predictions": wandb.Table(columns=["q"], data=[[1], [2]]), "loss": 1})
        run.log_code(".", include_fn=lambda path: path.endswith("script.py"))
        run.link_artifact(first, "local/artifacts/registered", aliases=["prod"])

    with wandb.init(project="artifacts", id="reader") as run:
        used = run.use_artifact("ds:best")
        folder = pathlib.Path(used.download("out"))
        paths = [path for path in folder.rglob("*") if path.is_file()]
        said["downloaded"] = {str(path.relative_to(folder)): path.read_bytes().hex() for path in paths}
        said["metadata"] = [used.metadata, used.description]
        said["table"] = used.get("table").data
        used.verify("out")
        result = wandb.Artifact("model", "model")
        with result.new_file("weights") as file:
            file.write("w")
        run.log_artifact(result)
    print("SAID" + json.dumps(said))
"""

READING = """
    import datetime, json, os, requests, wandb
    said = {}
    api = wandb.Api()
    def get(name):
        return wandb.Api().artifact(f"artifacts/{name}")
    found = get("ds:best")
    said["lineage"] = [found.logged_by().id, [run.id for run in found.used_by()]]
    said["files"] = [[f.name, f.size] for f in found.files()]
    said["one file"] = [f.name for f in found.files(names=["a.txt"])]
    said["exists"] = [api.artifact_exists("artifacts/ds:v0"), api.artifact_exists("artifacts/ds:v77"),
        api.artifact_exists("artifacts/none"), api.artifact_collection_exists("artifacts/ds", "dataset"),
        api.artifact_collection_exists("artifacts/none", "dataset")]
    try:
        get("ds:nope")
    except Exception as error:
        said["unknown"] = str(error)
    said["types"] = sorted(one.name for one in api.artifact_types("artifacts"))
    said["collections"] = sorted(one.name for one in api.artifact_collections("artifacts", "dataset"))
    said["ordered"] = [one.name for one in api.artifact_type("dataset", "artifacts").collections(
        filters={"name": {"$regex": "^(ds|parts)$"}}, order="+name")]
    said["versions"] = [one.version for one in api.artifacts("dataset", "artifacts/ds", per_page=2)]
    said["tagged"] = [one.version for one in api.artifacts("dataset", "artifacts/ds", tags=["t1"])]
    said["incremental"] = sorted(get("ds:latest").manifest.entries)
    said["parts"] = sorted(get("parts:latest").manifest.entries)
    said["logged"] = sorted(one.name for one in api.run("artifacts/maker").logged_artifacts())
    said["used"] = [one.name for one in api.run("artifacts/reader").used_artifacts()]
    link = get("registered:prod")
    said["link"] = [link.is_link, link.source_name, sorted(link.aliases), [one.name for one in found.linked_artifacts]]
    entry = found.get_entry("a.txt")
    url = found.manifest.storage_policy._file_url(found, entry)
    key = ("api", os.environ["WANDB_API_KEY"])
    said["fallback"] = [requests.get(url, auth=key).text, requests.get(url).status_code,
        requests.get(os.environ["WANDB_BASE_URL"] + "/artifacts/local/" + url.split("/")[-2], auth=key).text]
    direct = found.files(names=["a.txt"])[0].direct_url
    part = requests.get(direct, headers={"Range": "bytes=1-2"})
    said["range"] = [part.status_code, part.text]

    found.aliases += ["gold"]
    found.tags = ["q", "w"]
    found.description = "other"
    found.metadata["k"] = [1, 2]
    found.ttl = datetime.timedelta(days=3)
    found.save()
    again = get("ds:gold")
    said["edited"] = [sorted(again.aliases), sorted(again.tags), again.description, again.metadata["k"], again.ttl.days]
    again.aliases.remove("gold")
    again.save()
    said["unaliased"] = api.artifact_exists("artifacts/ds:gold")
    latest = get("ds:latest")
    try:
        latest.delete()
    except Exception as error:
        said["refused"] = str(error)
    latest.delete(delete_aliases=True)
    said["deleted"] = [get("ds:latest").version, [one.version for one in api.artifacts("dataset", "artifacts/ds")]]
    link.unlink()
    said["unlinked"] = api.artifact_exists("artifacts/registered:prod")
    collection = api.artifact_collection("dataset", "artifacts/ds")
    collection.name, collection.description, collection.tags, collection.type = "data", "all of it", ["kept"], "corpus"
    collection.save()
    moved = wandb.Api().artifact_collection("corpus", "artifacts/data")
    said["collection"] = [moved.name, moved.description, moved.tags, moved.type, sorted(moved.aliases)]
    wandb.Api().artifact_collection("dataset", "artifacts/parts").delete()
    said["gone"] = api.artifact_collection_exists("artifacts/parts", "dataset")
    print("SAID" + json.dumps(said))
"""


def said(output: str) -> dict[str, Any]:
    """Give what a script said at its end."""
    return json.loads(next(line[4:] for line in output.splitlines() if line.startswith("SAID")))


def test_artifacts_go_there_and_back_with_the_official_client(server: ServerProcess, tmp_path: Path) -> None:
    found = said(official.run(server, tmp_path / "one", LOGGING, BLOBS=str(server.data_dir / "blobs")))
    assert found["first"] == ["v0", ["best", "latest"], ["t1"]]
    assert found["same"] == ["v0", True], "the same contents are no new version"
    assert found["second"] == "v1"
    # Only the changed file and the manifest travelled again, whatever else the run sends.
    assert 7 in found["sent"] and not {102_400, 6} & set(found["sent"])
    assert "type 'dataset'" in found["wrong type"]
    assert (found["draft"], found["incremental"]) == ("v2", "v3")
    files = {path: bytes.fromhex(data) for path, data in found["downloaded"].items()}
    table = json.loads(files.pop("table.table.json"))
    assert (table["columns"], table["data"]) == (["x", "y"], [[1, "p"], [2, "q"]])
    assert files == {
        "a.txt": b"hello",
        "sub/b.bin": bytes(range(256)) * 400,
        "한글 이름.txt": "안녕".encode(),
        "ref/outside.txt": b"outside",
    }
    assert found["metadata"] == [{"n": 1, "deep": {"list": [1, 2.5, None]}}, "my data"]
    assert found["table"] == [[1, "p"], [2, "q"]]
    _check_api(server)
    _check_reading(said(official.run(server, tmp_path / "two", READING)))
    gone = server.get_json("/api/projects/local/artifacts/artifacts/data")
    assert [one["version"] for one in gone["items"]] == ["v2", "v1", "v0"] and gone["tags"] == ["kept"]


def _check_api(server: ServerProcess) -> None:
    """What the client logged, as scripts and the UI read it."""
    base = "/api/projects/local/artifacts"
    listed = server.get_json(f"{base}/artifacts?type=dataset")
    assert {"run_table": 1, "code": 1}.items() <= {one["name"]: one["collections"] for one in listed["types"]}.items()
    assert {one["name"]: one["versions"] for one in listed["collections"]} == {
        "ds": 4,
        "parts": 1,
        "registered": 1,
    }
    version = server.get_json(f"{base}/artifacts/ds/best")
    assert (version["version"], version["tags"], version["logged_by"]["id"]) == ("v0", ["t1"], "maker")
    assert [run["id"] for run in version["used_by"]] == ["reader"]
    there = {"entity": "local", "project": "artifacts", "name": "registered", "version": "v0"}
    assert version["links"] == [{**there, "aliases": ["latest", "prod"]}]
    files = server.get_json(f"{base}/artifacts/ds/v0/files?prefix=sub/")
    assert [(one["path"], one["size_bytes"]) for one in files["files"]] == [("sub/b.bin", 102_400)]
    assert server.request("GET", files["files"][0]["url"])[2] == bytes(range(256)) * 400
    of_run = server.get_json(f"{base}/runs/reader/artifacts")
    assert [one["name"] for one in of_run["used"]["items"]] == ["ds"]
    assert [one["name"] for one in of_run["logged"]["items"]] == ["model"]
    graph = server.get_json(f"{base}/artifacts/model/v0/lineage?complete=1")
    names = {node["id"]: node.get("run", {}).get("id") or node["artifact"]["name"] for node in graph["nodes"]}
    edges = {(names[edge["from"]], names[edge["to"]]) for edge in graph["edges"]}
    assert {("maker", "ds"), ("ds", "reader"), ("reader", "model")} <= edges
    row = official.history(server, "artifacts", "maker")[-1]
    logged = row.get("predictions") or {}
    for address in (logged["artifact_path"], logged["_latest_artifact_path"]):
        there = server.get_json(f"/api/artifact-file?address={address}")
        assert there["artifact"]["type"] == "run_table"
        assert json.loads(server.request("GET", there["file"]["url"])[2])["data"] == [[1], [2]]


def _check_reading(found: dict[str, Any]) -> None:
    assert found["lineage"] == ["maker", ["reader"]]
    assert [name for name, _ in found["files"]] == [
        "a.txt",
        "ref/outside.txt",
        "sub/b.bin",
        "table.table.json",
        "한글 이름.txt",
    ]
    assert dict(found["files"])["sub/b.bin"] == 102_400
    assert found["one file"] == ["a.txt"]
    assert found["exists"] == [True, False, False, True, False]
    assert "'ds:nope' not found" in found["unknown"]
    assert {"code", "dataset", "model", "run_table"} <= set(found["types"])
    assert found["collections"] == ["ds", "parts", "registered"] and found["ordered"] == ["ds", "parts"]
    assert found["versions"] == ["v3", "v2", "v1", "v0"] and found["tagged"] == ["v0"]
    assert {"more.txt", "new.txt", "sub/b.bin"} <= set(found["incremental"]) and "a.txt" not in found["incremental"]
    assert found["parts"] == ["part0.txt", "part1.txt"]
    assert {"ds:v0", "ds:v1", "ds:v2", "ds:v3", "parts:v0", "run-maker-predictions:v0"} <= set(found["logged"])
    assert found["used"] == ["ds:v0"]
    assert found["link"] == [True, "ds:v0", ["latest", "prod"], ["registered:v0"]]
    assert found["fallback"] == ["hello", 401, "hello"]
    assert found["range"] == [206, "el"]
    assert found["edited"] == [["again", "best", "gold"], ["q", "w"], "other", [1, 2], 3]
    assert found["unaliased"] is False and found["unlinked"] is False and found["gone"] is False
    assert "has the aliases latest" in found["refused"]
    assert found["deleted"] == ["v2", ["v2", "v1", "v0"]]
    assert found["collection"] == ["data", "all of it", ["kept"], "corpus", ["again", "best", "latest"]]
