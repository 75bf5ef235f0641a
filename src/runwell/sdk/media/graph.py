"""Graphs of models: layers with their sizes, and how data flows between them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from runwell.wire.errors import UsageError, shorten
from runwell.wire.foreign import text_of

from .media import Media

if TYPE_CHECKING:
    from .place import MediaPlace

MAX_NODES = 20_000  # of one graph; no layout is readable beyond


class Node:
    """One layer.

    Args:
        id: what edges call it; unique in its graph.
        name, class_name: the layer's.
        parameters: (name, shape) of its own parameters.
        output_shape: of what it gave.
        size: of the layer, where there is one.
        num_parameters: how many numbers each parameter has.
        is_output: whether it is what the model gives.
    """

    def __init__(
        self,
        id: Any = None,  # noqa: A002
        name: str | None = None,
        class_name: str | None = None,
        size: Any = None,
        parameters: Sequence[Any] | None = None,
        output_shape: Any = None,
        is_output: bool | None = None,
        num_parameters: Any = None,
    ) -> None:
        given = {
            "id": id,
            "name": name,
            "class_name": class_name,
            "size": size,
            "parameters": parameters,
            "output_shape": output_shape,
            "is_output": is_output,
            "num_parameters": num_parameters,
        }
        self.fields = {key: value for key, value in given.items() if value is not None}

    @property
    def id(self) -> Any:
        """What edges call it."""
        return self.fields.get("id")


class Graph(Media):
    """Nodes and edges of a model.

    Args:
        format: which framework the model is of: "torch", "keras", …
    """

    def __init__(self, format: str = "keras") -> None:  # noqa: A002
        self.format = format
        self.nodes: list[Node] = []
        self.edges: list[tuple[Any, Any]] = []
        self.root: Any = None

    def add_node(self, node: Node | None = None, **fields: Any) -> Node:
        """Add a node, or one of these fields.

        Raises:
            UsageError: there are too many.
        """
        if len(self.nodes) >= MAX_NODES:
            raise UsageError(f"a graph has at most {MAX_NODES:,} nodes")
        made = node if node is not None else Node(**fields)
        if made.id is None:
            made.fields["id"] = len(self.nodes)
        self.nodes.append(made)
        return made

    def add_edge(self, from_node: Node, to_node: Node) -> None:
        """Add an edge between nodes of this graph."""
        known = {node.id for node in self.nodes}
        for node in (from_node, to_node):
            if node.id not in known:
                raise UsageError(f"node {shorten(node.id)} isn't in the graph; add it first")
        self.edges.append((from_node.id, to_node.id))

    def to_row(self, place: MediaPlace) -> dict[str, Any]:
        """Write the graph."""
        document = {
            "format": self.format,
            "nodes": [node.fields for node in self.nodes],
            "edges": self.edges,
        }
        data = json.dumps(document, default=text_of).encode()
        return {"_type": "graph-file", **place.put("graph", "graph.json", data)}
