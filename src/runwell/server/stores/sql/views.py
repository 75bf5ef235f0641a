"""Saved views in the catalog."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection, delete, func, or_, select, update

from runwell.server.stores.records import ViewRecord

from .documents import clean_text, insert_if_absent
from .tables import saved_view, user

ID_BYTES = 6  # eight characters of an address: no two are alike among millions
_VIEW = select(
    saved_view.c.id,
    saved_view.c.project_id,
    saved_view.c.user_id,
    user.c.name.label("owner"),
    saved_view.c.name,
    saved_view.c.spec,
    saved_view.c.shared,
    saved_view.c.is_default,
    saved_view.c.revision,
    saved_view.c.created_at,
    saved_view.c.updated_at,
).join(user, user.c.id == saved_view.c.user_id)


class ViewRows:
    """Rows of table ``saved_view``."""

    def find(self, c: Connection, project_id: int, view_id: str) -> ViewRecord | None:
        """Find a view that has a name."""
        chosen = _VIEW.where(saved_view.c.id == view_id, saved_view.c.project_id == project_id)
        row = c.execute(chosen.where(saved_view.c.name.is_not(None))).first()
        return ViewRecord(*row) if row else None

    def draft(self, c: Connection, project_id: int, user_id: int) -> ViewRecord | None:
        """Find what a user looks at without having saved it under a name."""
        chosen = _VIEW.where(saved_view.c.project_id == project_id, saved_view.c.user_id == user_id)
        row = c.execute(chosen.where(saved_view.c.name.is_(None))).first()
        return ViewRecord(*row) if row else None

    def default(self, c: Connection, project_id: int, user_id: int) -> ViewRecord | None:
        """Find the view that a project opens first, if this user may see it."""
        seen = or_(saved_view.c.user_id == user_id, saved_view.c.shared)
        chosen = _VIEW.where(saved_view.c.project_id == project_id, saved_view.c.is_default, seen)
        row = c.execute(chosen.where(saved_view.c.name.is_not(None))).first()
        return ViewRecord(*row) if row else None

    def list(self, c: Connection, project_id: int, user_id: int, limit: int) -> list[ViewRecord]:
        """List a user's named views and the shared ones by name; their specs are left out ("")."""
        shown = or_(saved_view.c.user_id == user_id, saved_view.c.shared)
        chosen = _VIEW.with_only_columns(
            *(
                column if column.name != "spec" else func.substr("", 1).label("spec")
                for column in _VIEW.selected_columns
            )
        ).where(saved_view.c.project_id == project_id, saved_view.c.name.is_not(None), shown)
        rows = c.execute(chosen.order_by(saved_view.c.name, saved_view.c.created_at, saved_view.c.id).limit(limit))
        return [ViewRecord(*row) for row in rows]

    def count(self, c: Connection, project_id: int, user_id: int) -> int:
        """Count the views that a user saved in a project, his draft left out."""
        its = saved_view.c.project_id == project_id, saved_view.c.user_id == user_id, saved_view.c.name.is_not(None)
        return c.execute(select(func.count()).where(*its)).scalar_one()

    def add(
        self, c: Connection, project_id: int, user_id: int, name: str | None, spec: str, shared: bool, now: float
    ) -> str:
        """Keep a view; return its id. A second draft of the same user and project isn't kept."""
        view_id = secrets.token_urlsafe(ID_BYTES)
        values = {
            "id": view_id,
            "project_id": project_id,
            "user_id": user_id,
            "name": None if name is None else clean_text(name),
            "spec": clean_text(spec),
            "shared": shared,
            "is_default": False,
            "revision": 1,
            "created_at": now,
            "updated_at": now,
        }
        insert_if_absent(c, saved_view, values)
        return view_id

    def update(self, c: Connection, view_id: str, values: dict[str, Any]) -> None:
        """Replace columns of a view."""
        c.execute(update(saved_view).where(saved_view.c.id == view_id).values(**values))

    def unset_default(self, c: Connection, project_id: int) -> None:
        """Leave the project without a default view."""
        chosen = update(saved_view).where(saved_view.c.project_id == project_id, saved_view.c.is_default)
        c.execute(chosen.values(is_default=False))

    def delete(self, c: Connection, view_id: str) -> None:
        """Forget a view."""
        c.execute(delete(saved_view).where(saved_view.c.id == view_id))
