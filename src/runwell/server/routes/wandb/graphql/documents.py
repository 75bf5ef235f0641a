"""GraphQL documents: parsed, bounded, validated, and remembered. Pure.

The bounds stand in front of validation, whose cost grows faster than the document: bytes, tokens, depth, aliases, and
the number of fields once fragments are put in. The official client sends the same few dozen documents for ever,
so those that passed are kept.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
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
from graphql.validation import specified_rules

from runwell.wire.limits import (
    MAX_GRAPHQL_ALIASES,
    MAX_GRAPHQL_DEPTH,
    MAX_GRAPHQL_DOCUMENT_BYTES,
    MAX_GRAPHQL_TOKENS,
)

from .introspection import ShallowIntrospection
from .unserved import operation_of, reason_for

MAX_FIELDS = 1_500  # of a document with its fragments put in; the official client's largest has under 300
MAX_REPEATS = 16  # of one name in one selection, fragments put in
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
        self._rules = [*specified_rules, ShallowIntrospection]
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
            raise DocumentRefused(_refusal(document, errors))
        return document


def _refusal(document: DocumentNode, errors: list[GraphQLError]) -> str:
    """Say why a document isn't answered: the reason if it is a known one, else the schema's own words."""
    details = "; ".join(error.message for error in errors[:MAX_ERRORS])
    name = operation_of(document)
    operation = f"the operation {name[:60]}" if name else "this document"
    reason = reason_for(document)
    if reason is None:
        return f"{operation} asks for what this server does not have: {details}"
    return f"{reason} ({operation} is not answered)"


@dataclass(slots=True)
class _Size:
    """What a selection comes to: nested levels, aliases, fields, and how often each name is asked for at its top."""

    depth: int = 0
    aliases: int = 0
    fields: int = 0
    names: Counter[str] = field(default_factory=Counter)


def check_size(document: DocumentNode) -> None:
    """Bound depth, aliases, fields and repeated names of a document, fragments put in.

    Repeated names count because validation compares each with every other.

    Raises:
        DocumentRefused: one is exceeded, or fragments go in circles.
    """
    ruler = _Ruler(document)
    for node in document.definitions:
        if isinstance(node, (OperationDefinitionNode, FragmentDefinitionNode)):
            ruler.measure(node.selection_set, 0)


class _Ruler:
    def __init__(self, document: DocumentNode) -> None:
        self._fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self._measured: dict[str, _Size] = {}
        self._open: set[str] = set()

    def measure(self, selection: SelectionSetNode | None, level: int) -> _Size:
        size = _Size()
        if selection is None:
            return size
        if level > MAX_GRAPHQL_DEPTH * 2:
            raise DocumentRefused(f"the document is deeper than {MAX_GRAPHQL_DEPTH} levels")
        for node in selection.selections:
            if isinstance(node, FieldNode):
                inner = self.measure(node.selection_set, level + 1)
                name = (node.alias or node.name).value
                self._add(size, inner, (node.alias is not None), 1, Counter([name]))
            elif isinstance(node, InlineFragmentNode):
                inner = self.measure(node.selection_set, level + 1)
                self._add(size, inner, 0, 0, inner.names)
            elif isinstance(node, FragmentSpreadNode):
                inner = self._spread(node.name.value, level + 1)
                self._add(size, inner, 0, 0, inner.names)
        return size

    def _add(self, size: _Size, inner: _Size, aliases: int, levels: int, names: Counter[str]) -> None:
        size.depth = max(size.depth, inner.depth + levels)
        size.aliases += inner.aliases + aliases
        size.fields += inner.fields + 1
        size.names.update(names)
        if size.depth > MAX_GRAPHQL_DEPTH:
            raise DocumentRefused(f"the document is deeper than {MAX_GRAPHQL_DEPTH} levels")
        if size.aliases > MAX_GRAPHQL_ALIASES:
            raise DocumentRefused(f"the document has over {MAX_GRAPHQL_ALIASES} aliases")
        if size.fields > MAX_FIELDS:
            raise DocumentRefused(f"the document asks for over {MAX_FIELDS:,} fields")
        if any(size.names[name] > MAX_REPEATS for name in names):
            raise DocumentRefused(f"the document asks for one name over {MAX_REPEATS} times")

    def _spread(self, name: str, level: int) -> _Size:
        if name not in self._measured:
            fragment = self._fragments.get(name)
            if fragment is None:
                return _Size()  # validation says so
            if name in self._open:
                raise DocumentRefused(f"fragment {name[:60]} contains itself")
            self._open.add(name)
            self._measured[name] = self.measure(fragment.selection_set, level)
            self._open.discard(name)
        return self._measured[name]
