"""Views: how a person looks at a project's runs, kept under a name, shared, or as his own draft.

What a view says (its ``spec``) is the UI's business: here it is a JSON object that comes back as it was given.
A draft is what its owner sees while he has saved nothing: one for each user and project, nobody else's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson

from runwell.server.stores.records import ProjectRef, ViewRecord
from runwell.server.stores.sql.documents import encode_document
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_PAGE, MAX_VIEW_BYTES, MAX_VIEWS
from runwell.wire.numbers import to_strict

from .access import Actor, Conflict, Forbidden, NotFound
from .projects import Projects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog


class ViewMoved(Conflict):
    """The view was changed by somebody else since it was read.

    Attributes:
        current: the ``View`` object as it is now; None: it is gone.
    """

    def __init__(self, message: str, current: dict[str, Any] | None) -> None:
        super().__init__(message)
        self.current = current


class Views:
    """The views of the catalog.

    Args:
        catalog: the catalog.
        projects: what is looked at.
        clock: seconds since the epoch.
    """

    def __init__(self, catalog: Catalog, projects: Projects, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._projects = projects
        self._clock = clock

    def list(self, actor: Actor, entity: str, project: str) -> list[dict[str, Any]]:
        """List the actor's own views and the shared ones, by name: ``View`` objects of docs/api.md without specs.

        Raises:
            NotFound: there is no such project, or it isn't the actor's.
        """

        def work(c: Connection) -> list[dict[str, Any]]:
            ref = self._projects.found(c, actor, entity, project)
            found = self._catalog.views.list(c, ref.id, actor.user_id, MAX_PAGE)
            return [describe_view(view, actor, with_spec=False) for view in found]

        return self._catalog.read(work)

    def find(self, actor: Actor, entity: str, project: str, view_id: str) -> dict[str, Any]:
        """Give a view.

        Raises:
            NotFound: there is none, or it is somebody's own.
        """

        def work(c: Connection) -> dict[str, Any]:
            ref = self._projects.found(c, actor, entity, project)
            return describe_view(self._found(c, actor, ref, view_id), actor)

        return self._catalog.read(work)

    def add(
        self, actor: Actor, entity: str, project: str, name: str, spec: dict[str, Any], shared: bool
    ) -> tuple[ProjectRef, dict[str, Any]]:
        """Save a view under a name; return it and its project.

        Raises:
            InvalidValue: name or spec break a rule, or there are too many.
            NotFound, Forbidden: the project isn't the actor's to read, or, shared, to write to.
        """
        name, text = names.view_name(name), _encode(spec)

        def work(c: Connection) -> tuple[ProjectRef, dict[str, Any]]:
            ref = self._projects.found(c, actor, entity, project)
            if shared:
                actor.demand_write(ref.entity_id, f"project {shorten(project)}")
            views = self._catalog.views
            if views.count(c, ref.id, actor.user_id) >= MAX_VIEWS:
                raise InvalidValue(f"you have {MAX_VIEWS:,} views of {shorten(project)}; delete one first")
            made = views.add(c, ref.id, actor.user_id, name, text, shared, self._clock())
            return ref, describe_view(self._found(c, actor, ref, made), actor)

        return self._catalog.write(work)

    def edit(
        self,
        actor: Actor,
        entity: str,
        project: str,
        view_id: str,
        *,
        name: str | None = None,
        spec: dict[str, Any] | None = None,
        shared: bool | None = None,
        default: bool | None = None,
        revision: int | None = None,
    ) -> tuple[ProjectRef, dict[str, Any]]:
        """Change what is given of a view; return it and its project. The default view of a project is a shared one.

        Args:
            revision: the view's, as the change was made to it.

        Raises:
            ViewMoved: the view has another revision, and isn't yet what it is to become.
            Conflict: the default view can't become one's own.
            InvalidValue: name or spec break a rule.
            NotFound, Forbidden: the view isn't the actor's to change.
        """
        given = {
            "name": None if name is None else names.view_name(name),
            "spec": None if spec is None else _encode(spec),
            "shared": True if default else shared,
        }

        def work(c: Connection) -> tuple[ProjectRef, dict[str, Any]]:
            ref = self._projects.found(c, actor, entity, project)
            view = self._found(c, actor, ref, view_id)
            values = {key: value for key, value in given.items() if value not in (None, getattr(view, key))}
            if values:
                self._demand_owner(actor, view)
            if values.get("shared") or (default is not None and default != view.is_default):
                actor.demand_write(ref.entity_id, f"project {shorten(project)}")
            if revision is not None and revision != view.revision and {"name", "spec"} & values.keys():
                raise ViewMoved(_changed(view), describe_view(view, actor))
            if values.get("shared") is False and view.is_default and default is not False:
                raise Conflict(
                    f"view {shorten(view.name)} is the project's default, which everybody sees; end that first"
                )
            if {"name", "spec"} & values.keys():
                values |= {"revision": view.revision + 1, "updated_at": self._clock()}
            if default is not None and default != view.is_default:
                self._catalog.views.unset_default(c, ref.id)
                values["is_default"] = default
            if values:
                self._catalog.views.update(c, view.id, values)
            return ref, describe_view(self._found(c, actor, ref, view_id), actor)

        return self._catalog.write(work)

    def delete(self, actor: Actor, entity: str, project: str, view_id: str) -> ProjectRef:
        """Delete a view; return its project.

        Raises:
            NotFound, Forbidden: the view isn't the actor's.
        """

        def work(c: Connection) -> ProjectRef:
            ref = self._projects.found(c, actor, entity, project)
            view = self._found(c, actor, ref, view_id)
            self._demand_owner(actor, view)
            self._catalog.views.delete(c, view.id)
            return ref

        return self._catalog.write(work)

    def draft(self, actor: Actor, entity: str, project: str) -> dict[str, Any] | None:
        """Give the actor's draft, None if there is none.

        Raises:
            NotFound: there is no such project, or it isn't the actor's.
        """

        def work(c: Connection) -> dict[str, Any] | None:
            ref = self._projects.found(c, actor, entity, project)
            view = self._catalog.views.draft(c, ref.id, actor.user_id)
            return None if view is None else describe_view(view, actor)

        return self._catalog.read(work)

    def opened(self, actor: Actor, entity: str, project: str, view_id: str | None = None) -> dict[str, Any] | None:
        """Give what the actor's workspace opens with, None if that is the project as it is.

        Args:
            view_id: a view; None: the actor's draft, or in its place the project's default view.

        Raises:
            NotFound: there is no such project or view, or it isn't the actor's.
        """

        def work(c: Connection) -> dict[str, Any] | None:
            ref, views = self._projects.found(c, actor, entity, project), self._catalog.views
            if view_id is not None:
                return describe_view(self._found(c, actor, ref, view_id), actor)
            view = views.draft(c, ref.id, actor.user_id) or views.default(c, ref.id, actor.user_id)
            return None if view is None else describe_view(view, actor)

        return self._catalog.read(work)

    def put_draft(
        self, actor: Actor, entity: str, project: str, spec: dict[str, Any], revision: int | None = None
    ) -> dict[str, Any]:
        """Keep the actor's draft.

        Args:
            revision: the draft's as it was read, 0 if there was none.

        Raises:
            ViewMoved: the draft has another revision, and isn't yet what it is to become.
            InvalidValue: the spec breaks a rule.
            NotFound: there is no such project, or it isn't the actor's.
        """
        text = _encode(spec)

        def work(c: Connection) -> dict[str, Any]:
            ref = self._projects.found(c, actor, entity, project)
            views, now = self._catalog.views, self._clock()
            view = views.draft(c, ref.id, actor.user_id)
            if (view is None or view.spec != text) and revision not in (None, view.revision if view else 0):
                shown = None if view is None else describe_view(view, actor)
                raise ViewMoved(_changed(view) if view else "the draft is gone; save it again", shown)
            if view is None:
                views.add(c, ref.id, actor.user_id, None, text, False, now)
            elif view.spec != text:
                views.update(c, view.id, {"spec": text, "revision": view.revision + 1, "updated_at": now})
            kept = views.draft(c, ref.id, actor.user_id)
            assert kept is not None
            return describe_view(kept, actor)

        return self._catalog.write(work)

    def delete_draft(self, actor: Actor, entity: str, project: str) -> None:
        """Delete the actor's draft, if there is one.

        Raises:
            NotFound: there is no such project, or it isn't the actor's.
        """

        def work(c: Connection) -> None:
            ref = self._projects.found(c, actor, entity, project)
            view = self._catalog.views.draft(c, ref.id, actor.user_id)
            if view is not None:
                self._catalog.views.delete(c, view.id)

        self._catalog.write(work)

    def _found(self, c: Connection, actor: Actor, ref: ProjectRef, view_id: str) -> ViewRecord:
        view = self._catalog.views.find(c, ref.id, view_id)
        if view is None or not (view.shared or view.user_id == actor.user_id or actor.is_admin):
            raise NotFound(f"there is no view {shorten(view_id)} of {shorten(ref.name)}")
        return view

    def _demand_owner(self, actor: Actor, view: ViewRecord) -> None:
        if view.user_id != actor.user_id and not actor.is_admin:
            raise Forbidden(f"view {shorten(view.name)} is {view.owner}'s; save it under a name of your own")


def describe_view(view: ViewRecord, actor: Actor, with_spec: bool = True) -> dict[str, Any]:
    """Give the ``View`` object of docs/api.md."""
    shown: dict[str, Any] = {
        "id": view.id,
        "name": view.name,
        "owner": view.owner,
        "shared": view.shared,
        "default": view.is_default,
        "mine": view.user_id == actor.user_id,
        "revision": view.revision,
        "created_at": view.created_at,
        "updated_at": view.updated_at,
    }
    return {**shown, "spec": orjson.loads(view.spec)} if with_spec else shown


def _encode(spec: dict[str, Any]) -> str:
    text = encode_document(to_strict(spec))
    if len(text) > MAX_VIEW_BYTES // 4 and len(text.encode()) > MAX_VIEW_BYTES:
        raise InvalidValue(f"the view has {len(text.encode()):,} bytes as JSON; at most {MAX_VIEW_BYTES:,} are kept")
    return text


def _changed(view: ViewRecord) -> str:
    which = "the draft" if view.name is None else f"view {shorten(view.name)}"
    return f"{which} was changed elsewhere (it has revision {view.revision} now); read it again, or save a copy"
