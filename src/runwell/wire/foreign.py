"""Values of other people's classes, read so that nothing their own methods do reaches the caller.

Everything that a script hands over passes here before it is kept: text, mappings, whole documents. What can't be read
is named, not raised. Only ``Exception`` is caught: what derives from ``BaseException`` alone (an interrupt, an exit, a
test's timeout) is somebody's wish to stop, and goes on.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import wraps
from itertools import islice
from typing import Any, NoReturn, ParamSpec, TypeVar

from .errors import RunwellError, UsageError, kind_of, shorten
from .limits import MAX_DEPTH, MAX_RUN_KEYS
from .numbers import replace_surrogates

Given = ParamSpec("Given")
Made = TypeVar("Made")

_NAMESPACES = ("Namespace", "SimpleNamespace")  # argparse's and types', which needn't be imported to be known


def is_a(value: Any, *kinds: type) -> bool:
    """Tell whether a value's type is one of these; a ``__class__`` that lies or fails isn't asked."""
    return issubclass(type(value), kinds)


def text_of(value: Any, limit: int | None = None) -> str:
    """Give ``str(value)`` as UTF-8 can carry it; of what can't be read ``<its type>``. Never raises.

    Args:
        limit: characters; the rest is cut, and "…" says so.
    """
    try:
        text = str.__str__(value) if is_a(value, str) else str.__str__(str(value))
    except Exception:
        return f"<{kind_of(value)}>"
    if limit is not None and len(text) > limit:
        text = f"{text[:limit]}…"
    return replace_surrogates(text)


def unreadable(value: Any, error: Exception) -> str:
    """Say of a value that its own methods fail."""
    return f"{kind_of(value)} can't be read ({words_of(error)})"


def words_of(error: Exception) -> str:
    """Give an error's kind and words."""
    try:
        said = shorten(str(error), 100)
    except Exception:  # its own methods fail, too
        said = "…"
    return f"{kind_of(error)}: {said}"


def pairs_of(mapping: Any, cut: Callable[[str], None]) -> Iterator[tuple[Any, Any]]:
    """Yield a mapping's pairs; one whose own methods fail or never end ends there, and ``cut`` hears why."""
    try:
        # Not every class that has keys has items, or iterates by key.
        pairs = mapping.items() if hasattr(mapping, "items") else ((key, mapping[key]) for key in mapping.keys())  # noqa: SIM118
        bound = None if type(mapping) is dict else MAX_RUN_KEYS
        for number, (key, value) in enumerate(pairs):
            if bound is not None and number >= bound:
                cut(f"{kind_of(mapping)} gives more than {bound:,} keys; those after them are left out")
                return
            yield key, value
    except Exception as error:
        cut(unreadable(mapping, error))


def items_of(given: Any, what: str, *, text_is_one: bool = True, limit: int = MAX_RUN_KEYS) -> list[Any]:
    """Give a list of what should be several; None is none, a text alone is one.

    Args:
        what: it is, for the error.
        limit: items; what gives more may never end.

    Raises:
        UsageError: it can't be gone through, or holds too many.
    """
    if given is None:
        return []
    if text_is_one and is_a(given, str):
        return [given]
    try:
        items = list(islice(iter(given), limit + 1))
    except Exception as error:
        raise UsageError(f"{what} can't be gone through: {unreadable(given, error)}") from None
    if len(items) > limit:
        raise UsageError(f"{what}: {kind_of(given)} gives more than {limit:,} items, which is too many")
    return items


def mapping_of(given: Any, what: str) -> dict[Any, Any]:
    """Give a mapping as a dict; None is an empty one.

    Raises:
        UsageError: it is none, can't be gone through, or gives too many keys.
    """

    def refuse(why: str) -> NoReturn:
        raise UsageError(f"{what} can't be gone through: {why}")

    if given is None:
        return {}
    if not is_a(given, Mapping):
        raise UsageError(f"{what} takes a mapping, not a {kind_of(given)} ({shorten(given)})")
    return dict(pairs_of(given, refuse))


def refusing(what: str) -> Callable[[Callable[Given, Made]], Callable[Given, Made]]:
    """Decorate a call that takes other people's objects: what their methods raise becomes one error of ours.

    Args:
        what: is called, as the script names it below ``runwell``.

    An argument that the call doesn't have stays Python's own TypeError; so does a lack of memory.
    """

    def decorate(call: Callable[Given, Made]) -> Callable[Given, Made]:
        @wraps(call)
        def guarded(*args: Given.args, **named: Given.kwargs) -> Made:
            try:
                return call(*args, **named)
            except (RunwellError, MemoryError):
                raise
            except Exception as error:
                if error.__traceback__ is None or error.__traceback__.tb_next is None:
                    raise
                own = args[1:] if call.__name__ == "__init__" else args
                given = [kind_of(one) for one in own] + [f"{name}={kind_of(one)}" for name, one in named.items()]
                raise UsageError(
                    f"{what}({', '.join(given)}) can't be made: {words_of(error)}; "
                    f"help(runwell.{what}) says what it takes"
                ) from error

        return guarded

    return decorate


def path_of(given: Any, what: str) -> str:
    """Give a path as text.

    Raises:
        UsageError: it is none.
    """
    try:
        return str.__str__(os.fsdecode(given))
    except Exception:
        raise UsageError(f"{what} takes a path, not a {kind_of(given)} ({shorten(given)})") from None


def read_from(file: Any, what: str) -> bytes:
    """Read an open file to its end, as bytes; text becomes UTF-8.

    Raises:
        UsageError: it can't be read.
    """
    try:
        read = file.read()
    except Exception as error:
        raise UsageError(f"{what}: {unreadable(file, error)}") from None
    if is_a(read, str):
        return text_of(read).encode()
    if not is_a(read, bytes, bytearray, memoryview):
        raise UsageError(f"{what}: read() of {kind_of(file)} gives no bytes, but a {kind_of(read)}; is the file open?")
    return bytes(read)


def seconds_of(given: Any, what: str) -> float:
    """Give a number of seconds, or a timedelta, as seconds; None is 0.

    Raises:
        UsageError: it is neither.
    """
    try:
        return 0.0 if given is None else float(given.total_seconds() if is_a(given, timedelta) else given)
    except Exception:
        raise UsageError(f"{what} takes seconds or a timedelta, not {shorten(given)}") from None


def plain_document(
    value: Any, name: str, leaf: Callable[[Any], Any], cut: Callable[[str], None], above: tuple[int, ...] = ()
) -> Any:
    """Make a value JSON-like, whatever it is: what can't be read is named in its place. Never raises.

    Args:
        value: mappings, namespaces, lists and tuples are gone through.
        name: what it is called, for texts.
        leaf: makes anything else JSON-like; what it raises for becomes its text.
        cut: hears of what can't be read.
        above: ids of what holds it.
    """
    try:
        kind = type(value)
        is_namespace = any(kind_of(base, itself=True) in _NAMESPACES for base in kind.__mro__)
        if is_namespace or is_a(value, Mapping, list, tuple):
            if id(value) in above:
                return f"[{name} holds itself]"
            if len(above) >= MAX_DEPTH - 1:
                return f"[nested deeper than {MAX_DEPTH} levels]"
            inside = (*above, id(value))
            if is_namespace:
                value = vars(value)
            if is_a(value, Mapping):
                made = {}
                for given, below in pairs_of(value, cut):
                    key = text_of(given)
                    made[key] = plain_document(below, f"{name}.{key}", leaf, cut, inside)
                return made
            return [plain_document(item, name, leaf, cut, inside) for item in value]
        return leaf(value)
    except Exception as error:
        cut(unreadable(value, error))
        return f"<{kind_of(value)}>"
