"""Values of a row that have bytes of their own: pictures, sounds, tables, documents.

What a row keeps of one is a small object with ``_type``, the path of its bytes below the run's ``files``,
their SHA-256 and size: the form that the official client writes, so that readers know one form. The bytes
are written first, then the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from runwell.sdk.values import Rejected
from runwell.wire.foreign import text_of

if TYPE_CHECKING:
    from typing_extensions import Self

    from runwell.sdk.values import Tally

    from .place import MediaPlace

MAX_LISTED = 1_000  # values of one logged list: a screen shows some hundred, more are a table


class Media:
    """One value with bytes. Encoding happens when it is made or logged, in the thread that does so.

    Attributes:
        tally: what became of the values inside, such as a table's cells, when last written; None: nothing to say.
    """

    tally: Tally | None = None

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write the bytes and give what the row keeps: an object with ``_type``.

        Raises:
            Rejected: it can't be kept; the row's other values are.
        """
        raise NotImplementedError

    @classmethod
    def group_to_row(cls, items: Sequence[Media], place: MediaPlace) -> dict[str, Any]:
        """Write several values that were logged as one list, and give what the row keeps of them.

        Raises:
            Rejected: values of this type can't be a list.
        """
        kind = cls.__name__
        raise Rejected(f"list of {kind}", f"{kind} can't be logged as a list; log each under a key of its own")

    @classmethod
    def alike(cls, items: Sequence[Media]) -> list[Self]:
        """Give items that were logged as one list as what they must all be.

        Raises:
            Rejected: one is something else, or there are too many.
        """
        found = [item for item in items if isinstance(item, cls)]
        if len(found) != len(items):
            raise Rejected("mixed media", f"a list that begins with {cls.__name__} must hold nothing else")
        if len(found) > MAX_LISTED:
            kind = cls.__name__
            raise Rejected(
                f"list of {kind}", f"{len(found):,} of {kind} in one list; at most {MAX_LISTED:,}: use a Table"
            )
        return found


class FileMedia(Media):
    """Media that is one file: of the script's, copied as it is, or bytes made when the value was.

    Attributes:
        kind: the row's ``_type``.
        folder: below ``media``.
        caption: shown with it.
    """

    kind = ""
    folder = ""

    def __init__(self, caption: Any) -> None:
        self.caption = None if caption is None else text_of(caption)
        self._path: str | None = None
        self._data = b""
        self._suffix = ""

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write the file."""
        if self._path is not None:
            made = place.put_file(self.folder, self._suffix, self._path)
        else:
            made = place.put(self.folder, self._suffix, self._data)
        row = {"_type": self.kind, **made}
        if self.caption is not None:
            row["caption"] = self.caption
        return row


def media_of(value: Any) -> Media | list[Media] | None:
    """Give the value as media, or a list of media of one kind; None: it is something else.

    Pictures of PIL, figures of matplotlib and plotly and data frames are media too, without being wrapped.
    """
    if isinstance(value, Media):
        return value
    kind = type(value)
    if kind in (list, tuple):
        if not value or isinstance(value[0], Media):
            return list(value) or None
        if len(value) <= MAX_LISTED and type(value[0]).__module__.partition(".")[0] in _FOREIGN:
            listed = [media_of(one) for one in value]
            return [one for one in listed if isinstance(one, Media)] if all(listed) else None
        return None
    if kind is ModuleType and value.__name__ == "matplotlib.pyplot":  # scripts log ``plt`` and mean its figure
        value = value.gcf()
        kind = type(value)
    root = kind.__module__.partition(".")[0]
    if root in _FOREIGN:
        from .foreign import wrap

        return wrap(value)
    return None


_FOREIGN = frozenset(("PIL", "matplotlib", "plotly", "pandas"))
