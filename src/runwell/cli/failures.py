"""What went wrong, in one place for every command: a sentence with the next step, and an exit status.

=====  =====================================================================
exit   what it means
=====  =====================================================================
0      done
1      not done, or not all of it: the sentence says what is left
2      the command line itself is wrong
3      no Runwell server answers at the address
4      no API key for the server is known, or it refuses the one that is
5      what was named isn't there
130    stopped with Ctrl-C
141    who read the output has left (``runwell runs --json | head``)
=====  =====================================================================

A failure goes to standard error, so that standard output holds answers alone: a sentence, or with ``--json`` one
object ``{"error": sentence, "kind": word, "exit_code": number}``.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import click

from runwell.wire.errors import AuthenticationError, CommunicationError, RunwellError, ServerUnreachable

FAILED, UNREACHABLE, NO_KEY, NOT_FOUND, STOPPED, READER_LEFT = 1, 3, 4, 5, 130, 141
# Where what is there is listed, by command; a command without a line lists the projects.
_LISTS = {"artifact": "runwell artifact ls PROJECT", "registry": "runwell registry ls", "storage": "runwell storage"}


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a command ended: the sentence, a word for programs, and the exit status."""

    error: str
    kind: str
    exit_code: int

    def tell(self, as_json: bool) -> None:
        """Say it on standard error."""
        click.echo(json.dumps(asdict(self), ensure_ascii=False) if as_json else f"runwell: {self.error}", err=True)


class Missing(click.ClickException):
    """A file or directory that was named isn't there; the message says what to name instead."""

    exit_code = NOT_FOUND


def wants_json(arguments: Sequence[str]) -> bool:
    """Tell whether a command line asks for JSON, even one that can't be parsed."""
    return "--json" in (arguments[: arguments.index("--")] if "--" in arguments else arguments)


def failure_of(error: Exception, arguments: Sequence[str] = ()) -> Failure | None:
    """Give what an error means to who typed the command; None: it is a defect, whose traceback helps us."""
    if isinstance(error, click.ClickException):
        kinds = {2: "usage", NOT_FOUND: "not-found"}
        return Failure(error.format_message(), kinds.get(error.exit_code, "failed"), error.exit_code)
    if isinstance(error, CommunicationError):
        return _of_the_server(error, arguments)
    if isinstance(error, RunwellError):
        return Failure(str(error), "failed", FAILED)
    if isinstance(error, OSError):
        what = f"{error.filename}: " if error.filename else ""
        return Failure(f"{what}{error.strerror or error}; look at the path and its permissions", "failed", FAILED)
    if isinstance(error, RuntimeError) and "home directory" in str(error):  # as pathlib and platformdirs say it
        return Failure(
            "this user has no home directory; set HOME, or RUNWELL_CONFIG_DIR (for keys) and RUNWELL_DATA_DIR (for "
            "what a server keeps)", "failed", FAILED,
        )  # fmt: skip
    return None


def _of_the_server(error: CommunicationError, arguments: Sequence[str]) -> Failure:
    said = str(error)
    if isinstance(error, AuthenticationError):
        if os.environ.get("RUNWELL_API_KEY") and error.status == 401:
            said += " (RUNWELL_API_KEY is set here, and it goes before a key that login keeps)"
        return Failure(said, "key", NO_KEY)
    if isinstance(error, ServerUnreachable):
        return Failure(
            f"{said}; start a server with `runwell server`, or name the address of one that runs "
            "(RUNWELL_BASE_URL)", "unreachable", UNREACHABLE,
        )  # fmt: skip
    if error.status is None:
        return Failure(f"{said}; run the command again", "unreachable", UNREACHABLE)
    if (error.retryable and error.status < 500 and error.status not in (408, 429)) or error.status == 501:
        return Failure(
            f"{said}; that is no Runwell server: look at the address (RUNWELL_BASE_URL)", "unreachable", UNREACHABLE
        )
    if error.status == 404:
        command = next((word for word in arguments if not word.startswith("-")), "")
        return Failure(f"{said}; to see what is there: {_LISTS.get(command, 'runwell runs')}", "not-found", NOT_FOUND)
    if error.retryable:
        return Failure(f"{said}; run the command again later", "unreachable", UNREACHABLE)
    return Failure(said, "failed", FAILED)
