"""Ids on the wire: base64 of ``Kind:number``, opaque to clients but for a few that read the number.

Source: protocol page, section 6 ("Use base64 Kind:123 ids everywhere").
"""

from __future__ import annotations

import base64
import binascii

from runwell.wire.errors import InvalidValue, shorten


def encode_id(kind: str, number: int | str) -> str:
    """Give the id of row ``number`` of a kind; entities go by their names."""
    return base64.b64encode(f"{kind}:{number}".encode()).decode()


def decode_id(kind: str, text: str) -> int:
    """Give the row number of an id.

    Raises:
        InvalidValue: it is no id of this kind.
    """
    try:
        found, _, number = base64.b64decode(text, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        found, number = "", ""
    if found != kind or not number.isdigit() or len(number) > 18:
        raise InvalidValue(f"{shorten(text)} is not the id of a {kind.lower()}")
    return int(number)


def encode_file_id(run_number: int, path: str) -> str:
    """Give the id of a run file."""
    return base64.b64encode(f"File:{run_number}:{path}".encode()).decode()


def decode_file_id(text: str) -> tuple[int, str]:
    """Give (row number of the run, path) of a file's id.

    Raises:
        InvalidValue: it is no file's id.
    """
    try:
        kind, number, path = base64.b64decode(text, validate=True).decode("utf-8").split(":", 2)
    except (binascii.Error, ValueError):
        kind, number, path = "", "", ""
    if kind != "File" or not number.isdigit() or len(number) > 18:
        raise InvalidValue(f"{shorten(text)} is not the id of a file")
    return int(number), path
