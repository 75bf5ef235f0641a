"""Run files: names that can't climb, bytes that are whole, what a metadata file tells."""

from __future__ import annotations

import base64
import hashlib
import json

import pytest

from runwell.server.domain.access import InvalidValue, NotFound
from runwell.server.domain.machine import machine_of, without_secrets
from runwell.server.domain.runs import RunChanges


@pytest.fixture
def run(house):
    return house.runs.upsert(house.owner, None, "p", "r1", RunChanges())[0]


def read(house, run, path: str) -> bytes:
    with house.files.open(house.owner, run, path)[1] as file:
        return file.read()


def test_a_file_is_replaced_listed_and_deleted_by_exactly_its_name(house, run):
    for path in ("a.txt", "*", "[a].txt", "media/images/한글.png"):
        house.files.put(house.owner, run, path, [path.encode()])
    house.files.put(house.owner, run, "a.txt", [b"new"], 3)
    assert [f.path for f in house.files.list(house.owner, run)] == ["*", "[a].txt", "a.txt", "media/images/한글.png"]
    assert read(house, run, "a.txt") == b"new" and house.files.count(house.owner, run) == 4
    house.files.delete(house.owner, run, "*")
    with pytest.raises(NotFound):
        house.files.delete(house.owner, run, "*")
    assert [f.path for f in house.files.list(house.owner, run)] == ["[a].txt", "a.txt", "media/images/한글.png"]
    house.files.delete_by_id(house.owner, house.files.find(house.owner, run, "[a].txt").id)
    assert house.files.count(house.owner, run) == 2


@pytest.mark.parametrize(
    "path",
    [
        "../x", "a/../x", "/etc/passwd", "//etc/passwd", "..\\x", "a\\b", "C:\\x", "C:x", "", ".", "..", "a//b", "a/",
        "a\x00.png", "\ud800", "\uff0e\uff0e\uff0f", "a\u2215b", "x" * 256, "/".join("a" * 100), "a/..;/b", "a\nb",
    ],
)  # fmt: skip
def test_names_that_climb_are_refused_and_never_found(house, run, path):
    for attempt in (
        lambda: house.files.begin(house.owner, run, [path]),
        lambda: house.files.put(house.owner, run, path, [b"x"]),
    ):
        with pytest.raises(InvalidValue):
            attempt()
    for attempt in (house.files.open, house.files.delete, house.files.find):
        with pytest.raises(NotFound):
            attempt(house.owner, run, path)


def test_one_bad_name_costs_the_other_files_nothing(house, run):
    assert house.files.begin(house.owner, run, ["a.txt", "../x", "cafe\u0301/b.txt"]) == ["a.txt", None, "café/b.txt"]


def test_a_file_has_the_md5_that_clients_compare(house, run):
    record = house.files.put(house.owner, run, "a.txt", [b"on", b"e"])
    assert record.md5 == base64.b64encode(hashlib.md5(b"one").digest()).decode()
    house.files.put(house.owner, run, "a.txt", [b"two"])
    assert house.files.find(house.owner, run, "a.txt").md5 == base64.b64encode(hashlib.md5(b"two").digest()).decode()


PATHS = ["a.txt", "a_b.txt", "axb.txt", "A.TXT", "dir/100%.txt", "dir/100x.txt", "dir/[x]*?.bin"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("%", set(PATHS)),
        ("a.txt", {"a.txt"}),
        ("a_b.txt", {"a_b.txt", "axb.txt"}),
        ("a\\_b.txt", {"a_b.txt"}),
        ("dir/%", {"dir/100%.txt", "dir/100x.txt", "dir/[x]*?.bin"}),
        ("dir/100\\%.txt", {"dir/100%.txt"}),
        ("%.bin", {"dir/[x]*?.bin"}),
        ("dir/[x]*?.bin", {"dir/[x]*?.bin"}),
        ("%a%a%a%a%a%a%a%a%a%a%a%a%z", set()),
        ("", set()),
    ],
)
def test_files_are_found_by_sql_patterns(house, run, pattern, found):
    for path in PATHS:
        house.files.put(house.owner, run, path, [b"x"])
    assert {file.path for file in house.files.like(house.owner, run, pattern)} == found


def test_files_are_listed_page_by_page(house, run):
    for path in PATHS:
        house.files.put(house.owner, run, path, [b"x"])
    total, page = house.files.page(house.owner, run, 1, 2, "dir/")
    assert total == 3 and [file.path for file in page] == ["dir/100x.txt", "dir/[x]*?.bin"]
    asked = house.files.named(house.owner, run, ["axb.txt", "none", "a.txt"])
    assert [path for path, _ in asked] == ["axb.txt", "none", "a.txt"]
    assert [file and file.path for _, file in asked] == ["axb.txt", None, "a.txt"]


def test_bytes_that_are_not_those_announced_change_nothing(house, run):
    house.files.put(house.owner, run, "a.txt", [b"old"])
    with pytest.raises(InvalidValue):
        house.files.put(house.owner, run, "a.txt", [b"longer than said"], 3)
    assert read(house, run, "a.txt") == b"old"


def test_blobs_that_no_file_is_are_swept_later(house, run):
    first = house.files.put(house.owner, run, "a.txt", [b"one"])
    house.files.put(house.owner, run, "same.txt", [b"one"])
    second = house.files.put(house.owner, run, "b.txt", [b"two"])
    house.files.delete(house.owner, run, "a.txt")
    house.files.delete(house.owner, run, "b.txt")
    house.clock.now = 10**11  # past every file's age
    assert house.blob_sweep.sweep() == 1
    assert house.blobs.size_bytes(second.digest) is None
    assert house.blobs.size_bytes(first.digest) == 3 and read(house, run, "same.txt") == b"one"


def test_young_blobs_survive_a_sweep(house, run):
    import time

    house.clock.now = time.time()
    blob = house.blobs.put([b"on its way to the catalog"])
    assert house.blob_sweep.sweep() == 0
    assert house.blobs.size_bytes(blob.digest) is not None


METADATA = {
    "os": "Linux-6.1-x86_64",
    "python": "CPython 3.11.7",
    "host": "box",
    "program": "train.py",
    "args": ["--lr", "0.1", "--name", "two words"],
    "root": "/work",
    "startedAt": "2026-11-23T10:00:00Z",
    "cpu_count": 8,
    "gpu": "NVIDIA H100",
    "gpu_count": 2,
    "gpu_nvidia": [{"name": "NVIDIA H100", "memoryTotal": "85899345920"}, {"name": "NVIDIA H100"}],
    "cpu": {"model": "AMD EPYC"},
    "slurm": {"job_id": "7"},
    "memory": {"total": "135000000000"},
    "git": {"commit": "abc", "remote": "https://u:TOKEN@host/r.git?private_token=T"},
}


def test_the_metadata_file_tells_where_the_run_ran(house, run):
    text = json.dumps(METADATA).encode()
    house.files.put(house.owner, run, "wandb-metadata.json", [text], len(text))
    meta = house.runs.describe(house.owner, "local", "p", "r1")["meta"]
    assert meta == {
        "os": "Linux-6.1-x86_64",
        "python": "CPython 3.11.7",
        "host": "box",
        "program": "train.py",
        "command": "train.py --lr 0.1 --name 'two words'",
        "args": ["--lr", "0.1", "--name", "two words"],
        "cwd": "/work",
        "started_at": "2026-11-23T10:00:00Z",
        "cpu_count": 8,
        "gpu": "NVIDIA H100",
        "gpu_count": 2,
        "gpu_memory_bytes": 85_899_345_920,
        "cpu": "AMD EPYC",
        "slurm": {"job_id": "7"},
        "memory_bytes": 135_000_000_000,
        "git": {"commit": "abc", "remote": "https://host/r.git"},
    }
    assert json.loads(read(house, run, "wandb-metadata.json")) == METADATA


@pytest.mark.parametrize(
    "text",
    [
        b"", b"no", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"host": 3, "git": [], "args": "x", "memory": 1}',
        b'{"gpu_nvidia": [1], "cpu_count": -1, "gpu_count": true, "memory": {"total": "9e99"}}',
    ],
)  # fmt: skip
def test_a_metadata_file_of_nonsense_is_just_a_file(house, run, text):
    assert machine_of(text) == {}
    house.files.put(house.owner, run, "wandb-metadata.json", [text])
    assert read(house, run, "wandb-metadata.json") == text


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({"gpu_amd": [{"series": "Instinct MI300X"}, {}]}, {"gpu": "Instinct MI300X", "gpu_count": 2}),
        ({"apple": {"name": "Apple M3", "gpuCores": 10}}, {"gpu": "Apple M3", "gpu_count": 1}),
        ({"tpu": {"name": "v4", "count": 4}}, {"gpu": "v4", "gpu_count": 4}),
        ({"trainium": {"name": "Trainium", "neuronDeviceCount": 16}}, {"gpu": "Trainium", "gpu_count": 16}),
        ({"cpu": {"model": 3}, "slurm": [], "apple": {"name": ""}, "tpu": "v4"}, {}),
    ],
)
def test_other_accelerators_are_named_too(said, shown):
    assert machine_of(json.dumps(said).encode()) == shown


def test_remotes_lose_their_secrets():
    assert without_secrets("https://T@h/r") == "https://h/r"
    assert without_secrets("https://T:x-oauth-basic@h:8443/r#f") == "https://h:8443/r"
    assert without_secrets("ssh://u:T@h/r") == "ssh://h/r"
    assert without_secrets("git@github.com:a/b.git") == "git@github.com:a/b.git"
    assert without_secrets("https://[broken/r") == ""
