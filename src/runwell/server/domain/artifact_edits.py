"""What may change of a committed version: its aliases, tags, description, metadata, its links, its being there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from runwell.server.stores.artifact_records import (
    COMMITTED,
    DELETED,
    LATEST,
    PORTFOLIO,
    SEQUENCE,
    AliasRecord,
    ArtifactRecord,
    CollectionRecord,
    MembershipRecord,
)
from runwell.server.stores.records import ProjectRef, RunRecord
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_TAGS

from .access import Actor, Conflict, NotFound
from .artifacts import Artifacts
from .new_version import check_aliases, check_description, check_tags, read_metadata
from .projects import Projects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

INHERITED_TTL, NO_TTL = -1, -2  # the wire's words for a time to live that isn't set
_EXPIRED_AT_ONCE = 200
_LINKS_NAMED = 5  # in a message; of more, how many


@dataclass(slots=True)
class VersionChanges:
    """A partial update of a version: what is None is left alone. ``metadata`` is a JSON text."""

    description: str | None = None
    metadata: str | None = None
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    ttl_s: int | None = None


@dataclass(frozen=True, slots=True)
class AliasPlace:
    """An alias in a collection."""

    entity: str
    project: str
    collection: str
    alias: str


class ArtifactEdits:
    """Changes of versions.

    Args:
        catalog: the catalog.
        projects: where portfolios are.
        artifacts: finds versions.
        clock: seconds since the epoch.
    """

    def __init__(
        self, catalog: Catalog, projects: Projects, artifacts: Artifacts, clock: Callable[[], float] = time.time
    ) -> None:
        self._catalog = catalog
        self._projects = projects
        self._artifacts = artifacts
        self._clock = clock

    def update(self, actor: Actor, artifact_id: int, changes: VersionChanges) -> ArtifactRecord:
        """Change a version.

        Raises:
            InvalidValue: a value breaks a rule.
            NotFound, Forbidden: it isn't the actor's to write.
        """
        values: dict[str, Any] = {}
        if changes.description is not None:
            values["description"] = check_description(changes.description)
        if changes.metadata is not None:
            values["metadata"] = read_metadata(changes.metadata)
        if changes.ttl_s is not None:
            if changes.ttl_s <= 0 and changes.ttl_s not in (INHERITED_TTL, NO_TTL):
                raise InvalidValue(f"a time to live of {changes.ttl_s} s; it must be positive")
            values["ttl_s"] = changes.ttl_s if changes.ttl_s > 0 else None
        added = check_tags(changes.add_tags)

        def work(c: Connection) -> ArtifactRecord:
            version = self._artifacts.writable(c, actor, artifact_id)
            if added or changes.remove_tags:
                gone = frozenset(changes.remove_tags)
                values["tags"] = [tag for tag in dict.fromkeys([*version.tags, *added]) if tag not in gone]
                if len(values["tags"]) > MAX_TAGS:
                    raise InvalidValue(f"{len(values['tags']):,} tags; at most {MAX_TAGS:,} are kept")
            self._catalog.artifacts.change(c, version.id, {**values, "updated_at": self._clock()})
            found = self._catalog.artifacts.find(c, version.id)
            assert found is not None
            return found

        return self._catalog.write(work)

    def add_aliases(self, actor: Actor, artifact_id: int, places: Sequence[AliasPlace]) -> None:
        """Let aliases name a version, in the collections that hold it.

        Raises:
            InvalidValue: a name breaks a rule.
            NotFound, Forbidden: a collection doesn't hold it, or isn't the actor's to write.
        """
        check_aliases(place.alias for place in places)

        def work(c: Connection) -> None:
            version = self._artifacts.found(c, actor, artifact_id)
            for place in places:
                collection = self._holding(c, actor, version, place)
                alias = names.alias(place.alias)
                now = self._clock()
                self._catalog.collections.move_alias(c, collection.id, alias, version.id, now, actor.user_id or None)

        self._catalog.write(work)

    def remove_aliases(self, actor: Actor, artifact_id: int, places: Sequence[AliasPlace]) -> None:
        """Let aliases name a version no more; an alias that names another stays.

        Raises:
            NotFound, Forbidden: see :meth:`add_aliases`.
        """

        def work(c: Connection) -> None:
            version = self._artifacts.found(c, actor, artifact_id)
            for place in places:
                collection = self._holding(c, actor, version, place)
                if self._catalog.collections.alias(c, collection.id, place.alias) == version.id:
                    self._catalog.collections.move_alias(
                        c, collection.id, place.alias, None, self._clock(), actor.user_id or None
                    )

        self._catalog.write(work)

    def set_aliases(self, actor: Actor, artifact_id: int, collection: CollectionRecord, aliases: Iterable[str]) -> None:
        """Let exactly these aliases of a collection name a version.

        Raises:
            InvalidValue, NotFound, Forbidden: see :meth:`add_aliases`.
        """
        wanted = check_aliases(aliases)

        def work(c: Connection) -> None:
            actor.demand_write(collection.project.entity_id, f"artifact {shorten(collection.name)}")
            version = self._artifacts.found(c, actor, artifact_id)
            if self._catalog.artifacts.member(c, collection, artifact_id=version.id) is None:
                raise NotFound(f"{shorten(collection.name)} doesn't hold that version")
            there = self._catalog.collections.aliases(c, collection_id=collection.id, artifact_ids=[version.id])
            for one in there:
                if one.alias not in wanted:
                    self._catalog.collections.move_alias(
                        c, collection.id, one.alias, None, self._clock(), actor.user_id or None
                    )
            for alias in wanted:
                self._catalog.collections.move_alias(
                    c, collection.id, alias, version.id, self._clock(), actor.user_id or None
                )

        self._catalog.write(work)

    def _holding(self, c: Connection, actor: Actor, version: ArtifactRecord, place: AliasPlace) -> CollectionRecord:
        ref = self._projects.found(c, actor, place.entity, place.project)
        actor.demand_write(ref.entity_id, f"artifact {shorten(place.collection)}")
        collection = self._artifacts.collection_of(c, ref, place.collection)
        if self._catalog.artifacts.member(c, collection, artifact_id=version.id) is None:
            raise NotFound(f"{shorten(place.collection)} doesn't hold {shorten(version.label)}")
        return collection

    def delete(self, actor: Actor, artifact_id: int, with_aliases: bool = False) -> ArtifactRecord:
        """Delete a version: its bytes go, its row stays for the lineage of others.

        Raises:
            Conflict: aliases name it or portfolios link to it, and ``with_aliases`` is not given.
            NotFound, Forbidden: it isn't the actor's to write.
        """

        def work(c: Connection) -> ArtifactRecord:
            version = self._artifacts.writable(c, actor, artifact_id)
            named = self._catalog.collections.aliases(c, artifact_ids=[version.id])
            holders = self._holders(c, actor, version, named)
            if holders and not with_aliases:
                raise Conflict(
                    f"artifact {shorten(version.label)} {' and '.join(holders)}; "
                    "remove them first, or delete it with delete_aliases=True"
                )
            self.deleted(c, version, actor.user_id or None)
            return version

        return self._catalog.write(work)

    def _holders(self, c: Connection, actor: Actor, version: ArtifactRecord, named: Sequence[AliasRecord]) -> list[str]:
        """Say what relies on a version: its aliases, and where it is linked, with the aliases there."""
        own = [one.alias for one in named if one.collection_id == version.collection.id]
        holders = [f"has the aliases {', '.join(own)}"] if own else []
        links = self._catalog.artifacts.links(c, artifact_id=version.id)
        seen = [one for one in links if actor.may_read(one[0].project.entity_id)]
        shown: list[str] = []
        for portfolio, number, _ in seen[:_LINKS_NAMED]:
            there = [one.alias for one in named if one.collection_id == portfolio.id]
            address = f"{portfolio.project.entity}/{names.plain_project(portfolio.project.name)}/{portfolio.name}"
            shown.append(f"{address}:v{number}" + (f" ({', '.join(there)})" if there else ""))
        if len(shown) < len(links):
            shown.append(f"{len(links) - len(shown):,} more")
        return holders + ([f"is linked as {', '.join(shown)}"] if shown else [])

    def deleted(self, c: Connection, version: ArtifactRecord, user_id: int | None = None) -> None:
        """Do what :meth:`delete` does inside a transaction, for whoever was let through."""
        now = self._clock()
        named = self._catalog.collections.aliases(c, artifact_ids=[version.id])
        for one in named:
            self._catalog.collections.move_alias(c, one.collection_id, one.alias, None, now, user_id)
        self._catalog.artifact_bytes.forget(c, version.id)
        values = {"state": DELETED, "deleted_at": now, "updated_at": now}
        self._catalog.artifacts.change(c, version.id, values)
        for collection_id in {one.collection_id for one in named if one.alias == LATEST}:
            self._name_latest(c, collection_id, now, user_id)

    def delete_made_by(self, actor: Actor, run: RunRecord) -> int:
        """Delete every version that a run made, aliases or not; return how many.

        Raises:
            NotFound, Forbidden: the run isn't the actor's to write.
        """
        actor.demand_write(run.entity_id, f"run {shorten(run.name)}")

        def work(c: Connection) -> int:
            made = self._catalog.artifacts.find_many(
                c, [number for _, number in self._catalog.lineage.made(c, [run.id])]
            )
            its = [version for version in made if actor.may_write(version.entity_id)]  # the run may have moved since
            for version in its:
                self.deleted(c, version, actor.user_id or None)
            return len(its)

        return self._catalog.write(work)

    def _name_latest(self, c: Connection, collection_id: int, now: float, user_id: int | None) -> None:
        collection = self._catalog.collections.find_by_id(c, collection_id)
        newest = self._catalog.artifacts.member(c, collection, newest=True) if collection else None
        if newest is not None:
            self._catalog.collections.move_alias(c, collection_id, LATEST, newest.artifact.id, now, user_id)

    def expire(self) -> int:
        """Delete versions whose time to live is over and that no portfolio links to; return how many."""

        def work(c: Connection) -> int:
            n = 0
            for version in self._catalog.artifacts.expired(c, self._clock(), _EXPIRED_AT_ONCE):
                links = self._catalog.artifacts.memberships(c, version)
                if all(one.collection.kind == SEQUENCE for one in links):
                    self.deleted(c, version)
                    n += 1
            return n

        return self._catalog.write(work)

    def link(
        self, actor: Actor, artifact_id: int, entity: str | None, project: str | None, name: str, aliases: Sequence[str]
    ) -> MembershipRecord:
        """Link a version into a portfolio, which is made if it isn't there; repeated, only its aliases move.

        Raises:
            InvalidValue: a name breaks a rule.
            Conflict: the name is a sequence's, the portfolio holds another type, or the version isn't committed.
            NotFound, Forbidden: the version isn't the actor's to read, or the portfolio not his to write.
        """
        name = names.artifact_name(name)
        wanted = [alias for alias in check_aliases(aliases) if alias != LATEST]

        def work(c: Connection) -> MembershipRecord:
            now = self._clock()
            version = self._artifacts.found(c, actor, artifact_id)
            if version.state != COMMITTED:
                raise Conflict(f"artifact {shorten(version.label)} isn't committed yet; it can't be linked")
            ref = self._projects.linkable(c, actor, entity, project)
            self._demand_type(c, ref, version)
            portfolio = self._catalog.collections.find(c, ref.id, name)
            if portfolio is None:
                portfolio = self._catalog.collections.make(c, ref.id, PORTFOLIO, version.collection.type, name, "", now)
            if portfolio.kind != PORTFOLIO:
                raise Conflict(f"{shorten(name)} of {ref.entity}/{ref.name} holds versions that runs logged, no links")
            if portfolio.type != version.collection.type:
                raise Conflict(
                    f"{shorten(name)} holds artifacts of type {shorten(portfolio.type)}, "
                    f"not {shorten(version.collection.type)}"
                )
            if self._catalog.artifacts.member(c, portfolio, artifact_id=version.id) is None:
                index = self._catalog.collections.next_version(c, portfolio.id)
                self._catalog.artifacts.add_member(c, portfolio.id, version.id, index, now, actor.user_id or None)
            for alias in [*wanted, LATEST]:
                self._catalog.collections.move_alias(c, portfolio.id, alias, version.id, now, actor.user_id or None)
            self._catalog.collections.change(c, portfolio.id, {}, now)
            found = self._catalog.artifacts.member(c, portfolio, artifact_id=version.id)
            assert found is not None
            return found

        return self._catalog.write(work)

    def _demand_type(self, c: Connection, ref: ProjectRef, version: ArtifactRecord) -> None:
        taken = self._catalog.registries.types(c, ref.id)
        if taken and version.collection.type not in taken:
            raise Conflict(
                f"registry {shorten(ref.name.removeprefix(names.REGISTRY_PREFIX))} takes artifacts of type "
                f"{', '.join(taken)}, not {shorten(version.collection.type)}"
            )

    def unlink(self, actor: Actor, artifact_id: int, portfolio_id: int) -> None:
        """Take a link out of a portfolio; the version itself stays.

        Raises:
            Conflict: it is no portfolio.
            NotFound, Forbidden: it isn't there, or not the actor's to write.
        """

        def work(c: Connection) -> None:
            portfolio = self._artifacts.collection_with_id(c, actor, portfolio_id)
            actor.demand_write(portfolio.project.entity_id, f"portfolio {shorten(portfolio.name)}")
            if portfolio.kind != PORTFOLIO:
                raise Conflict(f"{shorten(portfolio.name)} is no portfolio; delete the version instead")
            now = self._clock()
            named = self._catalog.collections.aliases(c, collection_id=portfolio.id, artifact_ids=[artifact_id])
            if not self._catalog.artifacts.remove_member(c, portfolio.id, artifact_id):
                raise NotFound(f"{shorten(portfolio.name)} has no link to that version")
            for one in named:
                self._catalog.collections.move_alias(c, portfolio.id, one.alias, None, now, actor.user_id or None)
            if any(one.alias == LATEST for one in named):
                self._name_latest(c, portfolio.id, now, actor.user_id or None)

        self._catalog.write(work)
