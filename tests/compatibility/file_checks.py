"""What must be true of files, media, charts and artifacts that a version wrote, and of what its Api reads and edits."""

from __future__ import annotations

import hashlib
import json

from .run_checks import equal
from .session import Session


def save_files(session: Session) -> None:
    """Save files"""
    session.value("save_files")
    equal(session.file("saved", "notes.txt"), b"kept as it is")
    equal(session.file("saved", "er/한국어.bin"), bytes(range(256)), "bytes")


def code(session: Session) -> None:
    """log_code"""
    session.value("code")
    equal(session.value("read_code"), {"model.py": "weights = 1\n"}, "code by the Api")


MEDIA = {
    "image": "image-file",
    "images": "images/separated",
    "html": "html-file",
    "histogram": "histogram",
    "audio": "audio-file",
    "video": "video-file",
    "points": "object3D-file",
    "molecule": "molecule-file",
}


def media(session: Session) -> None:
    """Media: images with boxes and masks, audio, video, HTML, histogram, 3D, molecule"""
    sent = session.value("media")
    [row] = session.rows("media")
    types = {key: row.get(key, {}).get("_type") for key in MEDIA}
    equal(types, MEDIA, "types")
    equal(row["histogram"]["values"], [1, 2, 3], "histogram")
    for key in ("image", "html", "audio", "video", "points", "molecule"):
        digest = hashlib.sha256(session.file("media", row[key]["path"])).hexdigest()
        equal(digest, row[key]["sha256"], f"bytes of {key}")
        if key in sent:
            equal(digest, sent[key], f"bytes of {key}")
    equal(session.file("media", row["html"]["path"]), b"<b>bold</b>", "html")
    images = [session.file("media", name) for name in row["images"]["filenames"]]
    assert all(body.startswith(b"\x89PNG") for body in images) and len(set(images)) == 2
    boxes = json.loads(session.file("media", row["image"]["boxes"]["predictions"]["path"]))
    equal(boxes["box_data"][0]["class_id"], 1, "boxes")
    assert session.file("media", row["image"]["masks"]["ground"]["path"]).startswith(b"\x89PNG")


def table(session: Session) -> None:
    """Logged tables"""
    session.value("table")
    [row] = session.rows("table")
    equal([row["answers"]["_type"], row["answers"]["nrows"]], ["table-file", 2])
    content = json.loads(session.file("table", row["answers"]["path"]))
    data = [[1, "하나", 0.5], [2, "two", None]]
    equal([content["columns"], content["data"]], [["id", "word", "score"], data], "file")
    read = session.value("read_table")
    equal(read, {"columns": ["id", "word", "score"], "data": data, "from": "table"}, "artifact by the Api")


def charts(session: Session) -> None:
    """Custom charts: wandb.plot"""
    session.value("charts")
    found = {chart["key"]: chart for chart in session.get("/runs/charts/charts")["charts"]}
    assert {"my_line", "my_matrix"} <= set(found), sorted(found)


def artifacts(session: Session) -> None:
    """Artifacts: log, use, download"""
    out = session.value("artifacts")
    files = out["files"]
    equal(files["rows.csv"], out["rows"], "bytes")
    equal(files["sub/blob.bin"], out["blob"], "bytes")
    equal(files["there.txt"], out["there"], "bytes of a reference")
    equal(sorted(files), ["new.json", "rows.csv", "sub/blob.bin", "there.txt"], "files")
    equal(out["used"], ["v0", {"rows": 1, "k": {"n": [1, 2]}}, "the rows", "dataset"])
    equal(out["newest"], "v1", "latest")


def artifact_edits(session: Session) -> None:
    """Artifacts by the Api: aliases, metadata, lineage, deletion"""
    out = session.value("artifact_edits")
    equal(out["again"], ["v0", ["first", "kept"], {"rows": 1, "k": {"n": [1, 2]}, "edited": True}, "edited"])
    equal([out["used_by"], out["logged_by"]], [["consumer"], "producer"], "lineage")
    assert {"dataset", "run_table", "code"} <= set(out["types"]), out["types"]
    assert {"corpus:v0", "corpus:v1"} <= set(out["listed"]), out["listed"]
    equal(out["deleted"], True, "deleted")


def find_runs(session: Session) -> None:
    """Api: runs with filters, order, pages"""
    session.value("api_targets")
    equal(
        session.value("find_runs"),
        {
            "config": ["api-1", "api-2"],
            "tag": ["api-0", "api-2"],
            "summary": ["api-2"],
            "name": ["api-0", "api-1"],
            "state": ["api-0", "api-1", "api-2"],
            "not": ["api-1", "api-2"],
            "order": ["api-0", "api-1", "api-2"],
            "by lr": ["api-2", "api-1", "api-0"],
            "count": 3,
            "paged": ["api-0", "api-1", "api-2"],
        },
    )


def read_history(session: Session) -> None:
    """Api: history, scan_history"""
    session.value("log_a_run")
    out = session.value("read_history")
    equal(out["sampled"], 20, "rows sampled")
    equal(out["by keys"], [1 / (i + 1) for i in range(100)], "rows by keys")
    equal(out["scan"], [[i, i, f"w{i}"] for i in range(100)], "rows scanned")
    equal(out["part"], list(range(10, 20)), "rows of a range")


def read_files(session: Session) -> None:
    """Api: list, download, upload, delete files"""
    session.value("save_files")
    out = session.value("read_files")
    equal(out["listed"], {"notes.txt": 13, "er/한국어.bin": 256}, "listed")
    equal([out["notes"], out["sent"], out["left"]], ["kept as it is", True, False])


def edit_a_run(session: Session) -> None:
    """Api: update a run and its summary"""
    session.value("api_targets")
    expected = [{"lr": 0.5}, ["changed", "odd"], "by the Api", "renamed", 0.99, "finished"]
    equal(session.value("edit_a_run"), expected, "read again")
    run = session.described("api-1")
    equal([run["config"], run["name"], run["summary"]["acc"]], [{"lr": 0.5}, "renamed", 0.99])
    equal(run["summary"]["added"], [1, 2], "summary")
    equal(len(session.rows("api-1")), 50, "rows")


def delete_a_run(session: Session) -> None:
    """Api: delete a run"""
    session.value("api_targets")
    equal(session.value("delete_a_run"), {"left": ["api-1", "api-2"], "gone": True})


def projects(session: Session) -> None:
    """Api: projects, viewer"""
    out = session.value("projects")
    assert {session.client.project, "made-by-" + session.client.project} <= set(out["projects"]), out
    equal([out["entity"], out["viewer"]], ["local", "local"])
