"""Takes every figure and writes docs/benchmarks.md, and the README's table from it.

Usage: python -m benchmarks.run [--only TEXT] [--rounds N]

    --only TEXT   the SDK's figures with TEXT in their name; printed, not written
    --rounds N    at most so many rounds of each figure
"""

from __future__ import annotations

import argparse
import ast
import datetime
import re
import subprocess
import sys
from pathlib import Path

from benchmarks import machine, page
from benchmarks.sdk.table import measure_all

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
RESULT = ROOT / "docs/benchmarks.md"
FOLDERS = {"server": "On the server", "ui": "In the browser", "artifacts": "Artifacts"}
NOT_RUN = {"contestant"}  # run by others, in processes of their own
LIMIT_S = 3600


def say(text: str) -> None:
    print(text, flush=True)


def sections() -> str:
    """Run the other benchmarks, folder by folder; give what they print."""
    return "".join(tables(folder, title) for folder, title in FOLDERS.items())


def tables(folder: str, head: str) -> str:
    """Run a folder's benchmarks; the docstring of each says in its first line what its output is about."""
    found: list[str] = []
    for script in sorted((ROOT / "benchmarks" / folder).glob("*.py")):
        if "__main__" not in script.read_text(encoding="utf-8") or script.stem in NOT_RUN:
            continue
        say(f"{head}: {script.stem}")
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{folder}.{script.stem}"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            timeout=LIMIT_S,
        )
        if done.returncode != 0:
            say(f"  failed with exit code {done.returncode}")
            continue
        say(done.stdout)
        title = (ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or script.stem).splitlines()[0]
        printed = done.stdout.strip()
        body = printed if re.search(r"^\|", printed, re.MULTILINE) else f"```\n{printed}\n```"
        found.append(body if printed.startswith("#") else f"### {title.rstrip('.')}\n\n{body}")
    return f"\n## {head}\n\n" + "\n\n".join(found) + "\n" if found else ""


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return f"commit {done.stdout.strip()}" if done.returncode == 0 else "no commit known"


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure, in turns, and write the results down.")
    parser.add_argument("--only", default="", help="only the SDK's figures with this in their name; not written")
    parser.add_argument("--rounds", type=int, default=99, help="at most so many rounds of each figure")
    arguments = parser.parse_args()
    say(f"On {machine.describe()}")
    table = measure_all(say, arguments.only, arguments.rounds)
    if arguments.only:
        return 0
    text = page.page(
        table,
        sections(),
        date=datetime.datetime.now(datetime.timezone.utc).date().isoformat(),
        commit=commit(),
        machine=machine.describe(),
        versions=machine.versions(["runwell", "wandb", "trackio"]),
    )
    RESULT.write_text(text, encoding="utf-8")
    README.write_text(page.put_into_readme(README.read_text(encoding="utf-8"), table), encoding="utf-8")
    say(f"Written: {RESULT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
