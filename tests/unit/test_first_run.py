"""What a first run on somebody else's machine stumbles over, caught before it does."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tracked_files() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_uis_lock_has_the_optional_packages_of_every_platform() -> None:
    """npm leaves out what its registry lacked; `npm ci` then refuses the lock on every machine."""
    packages = json.loads((ROOT / "ui/package-lock.json").read_text())["packages"]
    for name, entry in packages.items():
        for wanted in {**entry.get("dependencies", {}), **entry.get("optionalDependencies", {})}:
            parents = [name.rsplit("/node_modules/", n)[0] for n in range(name.count("/node_modules/") + 1)]
            places = {f"{parent}/node_modules/{wanted}" for parent in parents if parent} | {f"node_modules/{wanted}"}
            assert places & packages.keys(), (
                f"ui/package-lock.json: {name or 'the UI'} needs {wanted}, which isn't locked"
            )


def test_the_uis_lock_names_no_download_address() -> None:
    assert '"resolved"' not in (ROOT / "ui/package-lock.json").read_text()


def test_no_file_names_a_folder_of_the_machine_it_was_written_on() -> None:
    machine = re.compile(rb"/(?:root|home/\w+|work)/(?:main|shared|\.)|file:///(?!etc)")
    for file in tracked_files():
        if file.suffix in (".png", ".woff2") or file == Path(__file__):
            continue
        found = machine.search(file.read_bytes())
        assert not found, f"{file.relative_to(ROOT)} has {found.group(0).decode()}"


def test_scripts_that_are_called_as_programs_may_be() -> None:
    assert os.access(ROOT / ".ci/run", os.X_OK)


@pytest.mark.parametrize("python", ["does-not-exist", "/bin/false"])
def test_a_python_that_does_not_run_is_refused_with_a_sentence(python: str) -> None:
    done = subprocess.run(
        ["sh", "scripts/find_python.sh"], cwd=ROOT, env={**os.environ, "PYTHON": python}, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert f"PYTHON={python}" in done.stderr


def test_the_search_for_python_skips_shims_that_fail(tmp_path: Path) -> None:
    shim = tmp_path / "python3.14"
    shim.write_text("#!/bin/sh\necho 'python3.14: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHON": ""}
    done = subprocess.run(
        ["sh", "scripts/find_python.sh"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() != str(shim)
    subprocess.run([done.stdout.strip(), "-c", "import sys; assert sys.version_info >= (3, 10)"], check=True)
