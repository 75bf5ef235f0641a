"""How far long work is: one line on the terminal's standard error, which goes when the work ends."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self

_EVERY_S = 0.1  # between two drawings


class Progress:
    """A bar with percent, amounts, time left and speed; nothing is shown where standard error is no terminal.

    Args:
        what: what is worked on, in a word or two.
        hidden: show nothing at all (``--json``).
        unit: what is counted: "B" for bytes, else a word for many of it.
    """

    def __init__(self, what: str, *, hidden: bool, unit: str = "B") -> None:
        from tqdm import tqdm

        is_bytes = unit == "B"
        self._bar = tqdm(
            desc=what,
            unit=unit if is_bytes else f" {unit}",
            unit_scale=is_bytes,
            disable=True if hidden else None,  # None: unless it is a terminal
            leave=False,
            dynamic_ncols=True,
        )
        self._drawn_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.close()

    @property
    def hidden(self) -> bool:
        """Whether nobody sees it."""
        return bool(self._bar.disable)

    def show(self, done: int, total: int, note: str = "") -> None:
        """Say how far it is.

        Args:
            done: how much of it is done.
            total: how much it is, as far as is known by now.
            note: what is under way, or waited for.
        """
        now = time.monotonic()
        if self.hidden or (now - self._drawn_at < _EVERY_S and done < total):
            return
        self._drawn_at = now
        self._bar.total, self._bar.n = total or None, done
        self._bar.set_postfix_str(note, refresh=False)
        self._bar.refresh()

    def clear(self) -> None:
        """Make room for a sentence; what is shown next draws the bar again."""
        if not self.hidden:
            self._bar.clear()
        self._drawn_at = 0.0
