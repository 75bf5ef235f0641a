"""The examples of libraries: each is listed, says what it needs, and is Python."""

from __future__ import annotations

import ast
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
example: Any = import_module("example")
INTEGRATIONS = {path.stem for path in (ROOT / "src/runwell/integrations").glob("[a-z]*.py")}
NO_LIBRARY = {"current_run", "event_files"}


def test_every_integration_has_an_example() -> None:
    assert set(example.names()) == INTEGRATIONS - NO_LIBRARY


@pytest.mark.parametrize("name", example.names())
def test_an_example_says_what_it_needs_and_what_it_does(name: str) -> None:
    script = example.path_of(name)
    text = script.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert f"make example NAME={name}" in (ast.get_docstring(tree) or "")
    assert example.about(script).endswith(".")
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    used = {one.partition(".")[0] for one in imported} - set(sys.stdlib_module_names) - {"runwell"}
    distribution = {"sklearn": "scikit-learn", "PIL": "pillow", "hydra": "hydra-core", "stable_baselines3":
                    "stable-baselines3"}  # fmt: skip
    said = {re.split(r"[\[<>=]", one)[0] for one in example.needs(script)}
    brought = {"numpy", "pillow"}  # by runwell[media]
    assert {distribution.get(one, one) for one in used} - brought <= said
    assert 'runwell = { path = "..", editable = true }' in text and '"runwell[media]"' in text


def test_the_page_lists_every_example() -> None:
    page = (ROOT / "examples/README.md").read_text(encoding="utf-8")
    listed = re.findall(r"\]\((\w+\.py)\)", page)
    assert sorted(listed) == sorted(path.name for path in (ROOT / "examples").glob("*.py"))


def test_a_name_that_is_none_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert example.main(["abacus"]) == 2
    assert "no example 'abacus'" in capsys.readouterr().out
