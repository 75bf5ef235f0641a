"""Builds the wheel and looks into it: the web UI is inside, nothing foreign is, the SDK stays small.

Usage: wheel_contents.py [FOLDER]    keeps the wheel in FOLDER; without one it goes to a temporary place
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MAX_WHEEL_BYTES = 5 * 1024 * 1024  # the SDK with its dependencies is to stay below 20 MB installed
NEEDED = (
    "runwell/__init__.py",
    "runwell/py.typed",
    "runwell/cli/main.py",
    "runwell/server/app.py",
    "runwell/server/static/index.html",
)
FOREIGN = ("node_modules/", "__pycache__/")


def build(folder: Path) -> Path:
    """Build the wheel from this checkout; gives its path."""
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT)],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    return max(folder.glob("runwell-*.whl"), key=lambda path: path.stat().st_mtime)


def complaints(wheel: Path) -> list[str]:
    """Say what is wrong with a wheel; an empty list means nothing."""
    with zipfile.ZipFile(wheel) as archive:
        infos = archive.infolist()
        names = {info.filename for info in infos}
        found = [f"{name} isn't inside" for name in NEEDED if name not in names]
        found += [
            f"{name} doesn't belong inside"
            for name in sorted(names)
            if not name.startswith(("runwell/", "runwell-")) or any(part in name for part in FOREIGN)
        ]
        if not any(name.startswith("runwell/server/static/assets/") and name.endswith(".js.gz") for name in names):
            found.append("the web UI's scripts aren't inside: run `make ui-build` first")
        if not any(name.startswith("runwell/server/stores/sql/migrations/versions/") for name in names):
            found.append("the catalog's migrations aren't inside")
        if not any(name.endswith(".graphql") for name in names):
            found.append("the protocol's .graphql files aren't inside")
        unpacked = sum(info.file_size for info in infos)
    if unpacked > MAX_WHEEL_BYTES:
        found.append(f"it unpacks to {unpacked:,} bytes; at most {MAX_WHEEL_BYTES:,}")
    if not found:
        print(f"{wheel.name}: {len(names)} files, {unpacked / 1e6:.1f} MB unpacked, the web UI inside")
    return found


def main(folder: Path) -> int:
    found = complaints(build(folder))
    for complaint in found:
        print(f"wheel: {complaint}")
    return 1 if found else 0


if __name__ == "__main__":
    if len(sys.argv) > 1:
        Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
        sys.exit(main(Path(sys.argv[1]).resolve()))
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(main(Path(temporary)))
