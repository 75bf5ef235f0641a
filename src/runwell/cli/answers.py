"""What a command prints: a line for people, or with ``--json`` the same facts as one JSON object a line.

Answers go to standard output, everything else to standard error.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

import click

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line instead.")


def say(as_json: bool, about: Mapping[str, Any], text: str) -> None:
    """Print one answer.

    Args:
        as_json: whether ``--json`` was given.
        about: the facts, JSON-like.
        text: the same for people.
    """
    click.echo(json.dumps(about, ensure_ascii=False) if as_json else text)


def complain(as_json: bool, text: str, **about: Any) -> None:
    """Say what became of one thing among several that a command goes on with.

    Args:
        as_json: whether ``--json`` was given.
        text: a sentence.
        about: what it is about, JSON-like; people find it in the sentence.
    """
    click.echo(json.dumps({"error": text, **about}, ensure_ascii=False) if as_json else text, err=True)


class JsonLines(logging.Formatter):
    """A log record as one JSON object on one line."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line; what was raised is its ``traceback``."""
        import json

        about = {"time": record.created, "level": record.levelname.lower(), "logger": record.name}
        about["message"] = record.getMessage()
        if record.exc_info:
            about["traceback"] = self.formatException(record.exc_info)
        return json.dumps(about, ensure_ascii=False)


def log_as_json() -> None:
    """Let what parts of Runwell log while a command works be JSON lines too."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    logging.getLogger("runwell").addHandler(handler)
