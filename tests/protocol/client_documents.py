"""Every GraphQL document of the official client's own source, as its distribution on PyPI has it.

The source archive is downloaded with pip, as pip is configured, into a cache of the user's (never into the
repository), and read where it lies. Documents are taken from Python's syntax trees and from Go's raw strings; those
that the client puts together when it runs are put together here in each of their forms.
"""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import platformdirs
import pytest
from graphql import GraphQLError, OperationDefinitionNode, parse

VERSION = "0.31.0"
DOWNLOAD_WITHIN_S = 300
OFFLINE = ("connection broken by", "Could not fetch URL", "NewConnectionError", "Name or service not known")

# pip asks an archive for its metadata by its build backend, which for this one wants compilers. This one answers with
# what pip needs to know to save the archive, and builds nothing.
BACKEND = """
import pathlib
def get_requires_for_build_wheel(config_settings=None):
    return []
def prepare_metadata_for_build_wheel(directory, config_settings=None):
    folder = pathlib.Path(directory, "wandb-{version}.dist-info")
    folder.mkdir()
    folder.joinpath("METADATA").write_text("Metadata-Version: 2.1\\nName: wandb\\nVersion: {version}\\n")
    return folder.name
"""

_STARTS = re.compile(r"^(?:\s|#[^\n]*\n)*(query|mutation|subscription)\b")
_RAW_STRING = re.compile(r"`([^`]*)`")
_HOLE = "\x00"


@dataclass(frozen=True)
class Document:
    """One operation as the client sends it.

    Attributes:
        name: of its operation.
        place: file and line (and which form, if there are several).
    """

    name: str
    place: str
    text: str


def archive() -> Path:
    """Give the client's source archive, downloaded once; skip the test where pip reaches no index."""
    cache = Path(platformdirs.user_cache_dir("runwell-tests"))
    kept = cache / f"wandb-{VERSION}.tar.gz"
    if kept.exists():
        return kept
    backend = cache / "backend" / "hatchling"
    backend.mkdir(parents=True, exist_ok=True)
    (backend / "__init__.py").write_text("")
    (backend / "build.py").write_text(BACKEND.replace("{version}", VERSION))
    arriving = cache / f"arriving-{os.getpid()}"
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", "wandb", "--no-build-isolation"]
    done = subprocess.run(
        [*command, "--dest", str(arriving), f"wandb=={VERSION}"],
        env={**os.environ, "PYTHONPATH": str(backend.parent)},
        capture_output=True,
        text=True,
        timeout=DOWNLOAD_WITHIN_S,
    )
    said = done.stdout + done.stderr
    if done.returncode != 0 and any(words in said for words in OFFLINE):
        pytest.skip(f"NOT CHECKED: pip can't reach its index, so the official client's documents are not here:\n{said}")
    assert done.returncode == 0, said
    (arriving / kept.name).replace(kept)
    arriving.rmdir()
    return kept


def read_documents(forms: dict[str, list[dict[str, str]]]) -> list[Document]:
    """Take every operation out of the archive.

    Args:
        forms: for each operation that the client puts together: its forms, each a mapping from what stands in a hole
            (an expression, or the number of a ``{}``) to what the client puts there; ``$NAME`` is the constant NAME of
            the same file.

    Raises:
        AssertionError: a document can't be read, or a hole has no filling.
    """
    found: list[Document] = []
    with tarfile.open(archive()) as sources:
        for member in sources:
            path = member.name.partition("/")[2]
            content = sources.extractfile(member) if member.isfile() else None
            if content is None or not _may_hold_documents(path):
                continue
            text = content.read().decode()
            texts = _of_python(text, path, forms) if path.endswith(".py") else _of_text(text, path)
            for place, one in texts:
                name = _name(one)
                if name is not None:
                    found.append(Document(name, place, one))
    return found


def _may_hold_documents(path: str) -> bool:
    if path.startswith("core/") and "vendor/" not in path:
        # The .graphql files there are what the strings in its Go code are made of.
        return path.endswith(".go") and not path.endswith("_test.go")
    return path.startswith("wandb/") and path.endswith(".py")


def _name(text: str) -> str | None:
    operations = [node for node in parse(text).definitions if isinstance(node, OperationDefinitionNode)]
    assert len(operations) <= 1, text
    return operations[0].name.value if operations and operations[0].name else None


def _of_text(text: str, path: str) -> Iterator[tuple[str, str]]:
    for found in _RAW_STRING.finditer(text):
        if _STARTS.match(found[1]) and "{" in found[1]:
            yield f"{path}:{text.count(chr(10), 0, found.start()) + 1}", found[1]


def _of_python(text: str, path: str, forms: dict[str, list[dict[str, str]]]) -> Iterator[tuple[str, str]]:
    if not re.search(r"\b(query|mutation|subscription)\b", text):
        return
    tree = ast.parse(text)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in pieces:
            continue
        template = _template(node)
        if template is None or "{" not in template or not _STARTS.match(template):
            continue
        place = f"{path}:{getattr(node, 'lineno', 0)}"
        if _HOLE not in template:
            yield place, template
            continue
        name = re.search(r"(?:query|mutation)\s+(\w+)", template)
        assert name and name[1] in forms, f"{place}: {name and name[1]} is put together in a way not known here"
        for number, form in enumerate(forms[name[1]]):
            yield f"{place} form {number}", _filled(template, form, constants, place)


def _template(node: ast.AST) -> str | None:
    """Give the text of a string with its holes marked ``NUL hole NUL``; None: it is no string."""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"{_HOLE}{ast.unparse(part.value)}{_HOLE}"
            for part in node.values
            if isinstance(part, (ast.Constant, ast.FormattedValue))
        )
    if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
        return None
    if "{{" not in node.value:
        return node.value
    # Meant for str.format: its holes are counted.
    numbers = iter(range(100))
    text = node.value.replace("{{", "\x01").replace("}}", "\x02")
    text = re.sub(r"\{\}", lambda _: f"{_HOLE}{next(numbers)}{_HOLE}", text)
    return text.replace("\x01", "{").replace("\x02", "}")


def _filled(template: str, form: dict[str, str], constants: dict[str, str], place: str) -> str:
    parts = template.split(_HOLE)
    for index in range(1, len(parts), 2):
        assert parts[index] in form, f"{place}: nothing is known about {parts[index]!r}"
        filling = form[parts[index]]
        parts[index] = constants[filling[1:]] if filling.startswith("$") and filling[1:].isupper() else filling
    text = "".join(parts)
    try:
        parse(text)
    except GraphQLError as error:
        raise AssertionError(f"{place}: {error}\n{text}") from None
    return text
