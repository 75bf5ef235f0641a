"""Ids on the wire: base64 of ``Kind:number``, opaque to clients but for a few that read the number.

Source: protocol page, section 6 ("Use base64 Kind:123 ids everywhere").
"""

from __future__ import annotations

import base64
import binascii

from runwell.wire.errors import InvalidValue, shorten


def encode_id(kind: str, number: int) -> str:
    """Give the id of row ``number`` of a kind."""
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
