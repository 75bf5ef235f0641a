"""What a script hands over as an array: numpy's of arrays, tensors and nested sequences, whatever gives them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runwell.wire.errors import UsageError, kind_of, shorten
from runwell.wire.foreign import is_a, items_of

MAX_ITEMS = 10_000_000  # of a sequence of somebody's own class, which may never end


def to_numpy(data: Any, dtype: Any = None) -> Any:
    """Give ``numpy.asarray(data)``, which by itself goes through a mapping, or items without end, for ever.

    A tensor is taken off its device and out of the gradients' graph first.

    Raises:
        TypeError, ValueError, OverflowError: it is no array.
        UsageError: it has too many items.
    """
    import numpy as np

    data = _off_device(data)
    kind = type(data)
    if is_a(data, Mapping):
        raise TypeError("a mapping is no array")
    is_plain = is_a(data, list, tuple, str, bytes, bytearray, memoryview) or hasattr(kind, "__array__")
    if not is_plain and hasattr(kind, "__getitem__") and hasattr(kind, "__len__"):
        data = items_of(data, kind_of(data), limit=MAX_ITEMS)
    return np.asarray(data, dtype)


def as_array(data: Any) -> Any:
    """Give a numpy array of an array, tensor or nested sequence.

    Raises:
        UsageError: it is none.
    """
    data = _off_device(data)
    try:
        made = to_numpy(data)
        if made.dtype.kind not in "biuf":
            raise ValueError
        return made
    except (TypeError, ValueError, OverflowError):
        raise UsageError(f"a {kind_of(data)} ({shorten(data)}) is no array of numbers") from None


def _off_device(data: Any) -> Any:
    """Give what numpy can read of a tensor; anything else as it is."""
    detach = getattr(data, "detach", None)
    if detach is not None:
        data = detach().cpu()
        return data.float().numpy() if str(data.dtype) == "torch.bfloat16" else data.numpy()
    if hasattr(type(data), "numpy") and not hasattr(type(data), "__array_interface__"):
        return data.numpy()
    return data
