"""Files of runs: saved by the official client under any name, read back by it and from ``/files``, served tamely."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.serving import ServerProcess

from . import official

NAMES = [
    "plain.txt",
    "sub/deep/er/x.bin",
    "with space.txt",
    "한국어/é ü.txt",
    "100%.txt",
    "per%20cent.txt",
    "a#b.txt",
    "q?m.txt",
    "a&b=c+d;e,f.txt",
    "emoji\U0001f600'\".txt",
    "colon:x.txt",
    "~tilde.txt",
]
BIG_BYTES = 200 * 1024 * 1024

SAVING = f"""
    import json, os, pathlib, time, wandb

    NAMES = {NAMES!r}
    root = pathlib.Path("w").absolute()
    root.mkdir()
    os.chdir(root)

    def put(path, data):
        path = pathlib.Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)

    def wait_for(size):
        for _ in range(200):
            if [f.size for f in wandb.Api().run("files/saved").files(names=["live.txt"])] == [size]:
                return True
            time.sleep(0.05)

    run = wandb.init(project="files", id="saved")
    out = {{}}
    put("live.txt", b"one")
    run.save("live.txt", policy="live")
    for n, name in enumerate(NAMES):
        put(name, b"content of " + name.encode())
        run.save(name, base_path=str(root), policy=["now", "end", "live"][n % 3])
    put("back\\\\slash.txt", b"no name of a file")
    put("empty.txt", b"")
    for name in ("back\\\\slash.txt", "empty.txt"):
        run.save(name, base_path=str(root), policy="end")
    with open("big.bin", "wb") as file:
        for i in range(200):
            file.write(bytes([i]) * 2**20)
    run.save("big.bin", policy="now")
    out["live"] = wait_for(3)
    put("live.txt", b"two two")
    for name in ("html", "svg", "pdf", "js", "md"):
        put(f"active/x.{{name}}", b"<script>alert(1)</script>")
    run.save("active/*", base_path=str(root))
    run.finish()

    read = wandb.Api().run("files/saved")
    out["listed"] = {{f.name: [f.size, f.md5, f.mimetype] for f in read.files(per_page=5)}}
    out["count"] = len(read.files())
    out["same"] = {{}}
    for name in [*NAMES, "empty.txt", "big.bin"]:
        with open(read.file(name).download(root="../down").name, "rb") as there:
            out["same"][name] = there.read() == pathlib.Path(name).read_bytes()
    out["pattern"] = sorted(f.name for f in read.files(pattern="%.txt") if f.name.startswith("a"))
    out["missing"] = [[f.name, f.size, f.md5] for f in read.files(names=["none.txt"])]
    read.file("plain.txt").delete()
    out["after"] = [f.name for f in wandb.Api().run("files/saved").files(pattern="plain%")]
    put("up/loaded é.txt", b"uploaded")
    out["uploaded"] = read.upload_file("up/loaded é.txt", root=".").name
    out["restored"] = wandb.restore("up/loaded é.txt", run_path="local/files/saved", root="../back").read()
    try:
        wandb.restore("none.txt", run_path="local/files/saved", root="../back")
    except ValueError as error:
        out["restore"] = str(error)
    print("OUT" + json.dumps(out))
"""


@pytest.fixture(scope="module")
def memory_kib(server: ServerProcess) -> int:
    return _peak_kib(server)


@pytest.fixture(scope="module")
def saved(server: ServerProcess, memory_kib: int, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Give what the client that saved the files saw of them."""
    output = official.run(server, tmp_path_factory.mktemp("files"), SAVING)
    [line] = [line for line in output.splitlines() if line.startswith("OUT")]
    return json.loads(line[3:])


def _peak_kib(server: ServerProcess) -> int:
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    assert found
    return int(found[1])


def get(server: ServerProcess, name: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    return server.request(method, f"/files/local/files/saved/{quote(name)}", headers=headers)


def test_every_name_and_policy_comes_back_byte_for_byte(server: ServerProcess, saved: dict[str, Any]) -> None:
    assert saved["same"] == dict.fromkeys([*NAMES, "empty.txt", "big.bin"], True)
    for name in NAMES:
        data = b"content of " + name.encode()
        md5 = base64.b64encode(hashlib.md5(data).digest()).decode()
        assert saved["listed"][name][:2] == [len(data), md5]
    assert saved["listed"]["empty.txt"][0] == 0
    assert saved["listed"]["plain.txt"][2] == "text/plain"
    assert saved["count"] == len(saved["listed"])
    files = server.get_json("/api/projects/local/files/runs/saved/files?prefix=%ED%95%9C")
    assert [file["path"] for file in files["files"]] == ["한국어/é ü.txt"] and files["total"] == 1


def test_a_name_that_cannot_be_is_left_out_and_the_others_arrive(server: ServerProcess, saved: dict[str, Any]) -> None:
    assert "back\\slash.txt" not in saved["listed"] and "empty.txt" in saved["listed"]
    assert "back" in server.log() and "a file was not taken" in server.log()


def test_a_live_file_is_sent_again_when_it_changes(server: ServerProcess, saved: dict[str, Any]) -> None:
    assert saved["live"] is True  # while the script ran
    assert get(server, "live.txt")[2] == b"two two"


def test_large_files_take_no_memory(server: ServerProcess, memory_kib: int, saved: dict[str, Any]) -> None:
    assert saved["listed"]["big.bin"][0] == BIG_BYTES
    assert _peak_kib(server) - memory_kib < 64 * 1024


def test_files_are_found_deleted_uploaded_and_restored(saved: dict[str, Any]) -> None:
    assert saved["pattern"] == ["a#b.txt", "a&b=c+d;e,f.txt"]
    assert saved["missing"] == [["none.txt", 0, "0"]]  # as clients expect it to be said
    assert saved["after"] == []
    assert saved["uploaded"] == "up/loaded é.txt" and saved["restored"] == "uploaded"
    assert "none.txt" in saved["restore"]


def test_active_files_are_served_so_that_they_cannot_act(server: ServerProcess, saved: dict[str, Any]) -> None:
    kinds = {"html": "text/html", "svg": "image/svg+xml", "md": "text/plain", "pdf": "application/octet-stream"}
    for name in ("html", "svg", "pdf", "js", "md"):
        status, headers, _ = get(server, f"active/x.{name}")
        assert status == 200 and headers["content-security-policy"].startswith("sandbox"), name
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-type"].startswith(kinds.get(name, "application/octet-stream")), name
        is_shown = headers["content-disposition"].startswith("inline")
        assert is_shown == (name in ("html", "svg", "md")), name
    _, headers, _ = server.request("GET", "/files/local/files/saved/active/x.html?download=1")
    assert headers["content-disposition"].startswith("attachment")


def test_parts_tags_and_heads_of_a_file(server: ServerProcess, saved: dict[str, Any]) -> None:
    status, headers, body = get(server, "big.bin", Range="bytes=1048570-1048585")
    assert (status, body) == (206, bytes([0]) * 6 + bytes([1]) * 10)
    assert headers["content-range"] == f"bytes 1048570-1048585/{BIG_BYTES}"
    assert get(server, "big.bin", Range="bytes=-3")[2] == bytes([199]) * 3
    assert get(server, "big.bin", Range=f"bytes={BIG_BYTES}-")[0] == 416
    tag = headers["etag"]
    assert get(server, "big.bin", "HEAD")[:1] == (200,)
    assert get(server, "big.bin", "HEAD")[1]["content-length"] == str(BIG_BYTES)
    for known in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        assert get(server, "big.bin", **{"If-None-Match": known})[0] == 304
    assert get(server, "live.txt", **{"If-None-Match": tag})[0] == 200
    # Of a file that changed meanwhile nobody gets a part that doesn't fit.
    assert get(server, "live.txt", **{"Range": "bytes=4-", "If-Range": tag})[::2] == (200, b"two two")


def test_a_file_is_deleted_through_the_api(server: ServerProcess, saved: dict[str, Any]) -> None:
    place = "/api/projects/local/files/runs/saved/files"
    assert server.request("DELETE", f"{place}?path={quote('q?m.txt')}")[0] == 204
    assert get(server, "q?m.txt")[0] == 404
    for path in ("q?m.txt", "../saved/a#b.txt", "/etc/passwd", ""):
        assert server.request("DELETE", f"{place}?path={quote(path)}")[0] == 404
    assert server.request("DELETE", place)[0] == 400
