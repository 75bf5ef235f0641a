"""Objects of other libraries that are media without being wrapped: pictures, figures, data frames."""

from __future__ import annotations

from typing import Any

from .image import Image, figure_of
from .media import Media


def wrap(value: Any) -> Media | None:
    """Wrap a picture of PIL, a figure of matplotlib or plotly; None: it is no such thing."""
    kind = type(value)
    root = kind.__module__.partition(".")[0]
    if root == "plotly" and hasattr(value, "to_plotly_json") and hasattr(value, "layout"):
        from .plotly import Plotly

        return Plotly(value)
    if root == "pandas" and hasattr(value, "itertuples"):
        from .table import Table

        return Table(dataframe=value)
    is_picture = root == "PIL" and hasattr(value, "tobytes")
    is_figure = root == "matplotlib" and (hasattr(value, "savefig") or figure_of(value) is not None)
    if is_picture or is_figure:
        return Image(value)
    return None
