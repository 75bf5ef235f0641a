"""Sizes in words, as commands print them."""

from __future__ import annotations


def size_text(size_bytes: int) -> str:
    """Give a size with its unit: ``12 B``, ``3.4 MiB``."""
    value = float(size_bytes)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1024
    return f"{value:,.1f} TiB"
