"""What a document may ask about the schema itself: which fields a named type has, and no more.

Official clients before 0.28 ask this before they use a field that old servers lack. Walking the whole schema, or
going from a field to its type and on, is refused: it costs much, and no client needs it. Pure.
"""

from __future__ import annotations

from typing import Any

from graphql import FieldNode, GraphQLError, get_named_type
from graphql.validation import ValidationRule

# Fields of the introspection types that lead nowhere further: an answer is at most the names of one type's fields
# and of their arguments, for each of the few `__type` that a document may hold.
ANSWERED = {
    "__Type": {"kind", "name", "description", "fields", "inputFields", "enumValues"},
    "__Field": {"name", "description", "args", "isDeprecated", "deprecationReason"},
    "__InputValue": {"name", "description", "defaultValue"},
    "__EnumValue": {"name", "description", "isDeprecated", "deprecationReason"},
}


class ShallowIntrospection(ValidationRule):
    """Refuses every question about the schema but for the fields of types that the document names."""

    def enter_field(self, node: FieldNode, *_: Any) -> None:
        """Look at one field of the document."""
        name = node.name.value
        parent = self.context.get_parent_type()
        answered = ANSWERED.get(get_named_type(parent).name) if parent is not None else None
        if name == "__schema":
            self.refuse("the schema as a whole can't be asked for; ask __type(name:) for a type's fields", node)
        elif answered is not None and name not in answered and name != "__typename":
            self.refuse(f"{parent}.{name} can't be asked for, only names of fields and arguments", node)

    def refuse(self, why: str, node: FieldNode) -> None:
        """Report one question that isn't answered."""
        self.report_error(GraphQLError(why, node))
