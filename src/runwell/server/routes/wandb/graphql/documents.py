"""GraphQL documents: parsed, bounded, validated, and remembered. Pure.

The bounds stand in front of validation, whose cost grows faster than the document: bytes, tokens, depth, aliases, and
the number of fields once fragments are put in. The official client sends the same few dozen documents for ever,
so those that passed are kept.
"""

from __future__ import annotations

from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
    validate,
)
from graphql.validation import NoSchemaIntrospectionCustomRule, specified_rules

from runwell.wire.limits import (
    MAX_GRAPHQL_ALIASES,
    MAX_GRAPHQL_DEPTH,
    MAX_GRAPHQL_DOCUMENT_BYTES,
    MAX_GRAPHQL_TOKENS,
)

MAX_FIELDS = 1_500  # of a document with its fragments put in; the official client's largest has under 300
MAX_REMEMBERED = 128  # documents
MAX_ERRORS = 5  # of one document


class DocumentRefused(Exception):
    """A document that is not executed; the message says why."""


class Documents:
    """The documents that clients of one schema send.

    Args:
        schema: what they are validated against.
    """

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema
        # Introspection is off: the schema is a file of this repository, not a secret, but walking it costs much.
        self._rules = [*specified_rules, NoSchemaIntrospectionCustomRule]
        self.read = lru_cache(maxsize=MAX_REMEMBERED)(self._read)

    def _read(self, text: str) -> DocumentNode:
        """Give the checked document of a text.

        Raises:
            DocumentRefused: it is too large, or not a document of this schema.
        """
        if len(text) > MAX_GRAPHQL_DOCUMENT_BYTES or len(text.encode()) > MAX_GRAPHQL_DOCUMENT_BYTES:
            raise DocumentRefused(f"the document is larger than {MAX_GRAPHQL_DOCUMENT_BYTES:,} bytes")
        try:
            document = parse(text, no_location=True, max_tokens=MAX_GRAPHQL_TOKENS)
        except GraphQLError as error:
            raise DocumentRefused(error.message) from None
        except RecursionError:
            raise DocumentRefused("the document is nested too deep") from None
        check_size(document)
        errors = validate(self._schema, document, self._rules, max_errors=MAX_ERRORS)
        if errors:
            raise DocumentRefused("; ".join(error.message for error in errors[:MAX_ERRORS]))
        return document


def check_size(document: DocumentNode) -> None:
    """Bound depth, aliases and fields of a document, fragments put in.

    Raises:
        DocumentRefused: one is exceeded, or fragments go in circles.
    """
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    measured: dict[str, tuple[int, int, int]] = {}
    open_fragments: set[str] = set()

    def measure(selection: SelectionSetNode | None, level: int) -> tuple[int, int, int]:
        """Give (depth, aliases, fields) of a selection."""
        if selection is None:
            return 0, 0, 0
        if level > MAX_GRAPHQL_DEPTH * 2:
            raise DocumentRefused(f"the document is deeper than {MAX_GRAPHQL_DEPTH} levels")
        depth = aliases = fields = 0
        for node in selection.selections:
            if isinstance(node, FieldNode):
                inner = measure(node.selection_set, level + 1)
                inner = inner[0] + 1, inner[1] + (node.alias is not None), inner[2] + 1
            elif isinstance(node, InlineFragmentNode):
                inner = measure(node.selection_set, level + 1)
                inner = inner[0], inner[1], inner[2] + 1
            elif isinstance(node, FragmentSpreadNode):
                inner = spread(node.name.value, level + 1)
            else:
                continue
            depth, aliases, fields = max(depth, inner[0]), aliases + inner[1], fields + inner[2]
            if aliases > MAX_GRAPHQL_ALIASES:
                raise DocumentRefused(f"the document has over {MAX_GRAPHQL_ALIASES} aliases")
            if fields > MAX_FIELDS:
                raise DocumentRefused(f"the document asks for over {MAX_FIELDS:,} fields")
        if depth > MAX_GRAPHQL_DEPTH:
            raise DocumentRefused(f"the document is deeper than {MAX_GRAPHQL_DEPTH} levels")
        return depth, aliases, fields

    def spread(name: str, level: int) -> tuple[int, int, int]:
        if name not in measured:
            fragment = fragments.get(name)
            if fragment is None:
                return 0, 0, 0  # validation says so
            if name in open_fragments:
                raise DocumentRefused(f"fragment {name[:60]} contains itself")
            open_fragments.add(name)
            measured[name] = measure(fragment.selection_set, level)
            open_fragments.discard(name)
        return measured[name]

    for node in document.definitions:
        if isinstance(node, (OperationDefinitionNode, FragmentDefinitionNode)):
            measure(node.selection_set, 0)
