"""``runwell registry``: what is ready to be used, from the command line: ls, link, history."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from .address import open_api
from .answers import JSON, say

if TYPE_CHECKING:
    from runwell.api.registries import RegistryCollection

_SERVER = click.option("--server", help="Address. [default: RUNWELL_BASE_URL, else this machine's]")


@click.group("registry")
def command() -> None:
    """List registries, link versions into them, and see who moved which alias."""


@command.command("ls")
@click.argument("place", metavar="[REGISTRY[/COLLECTION]]", default="")
@_SERVER
@JSON
def ls(place: str, server: str | None, as_json: bool) -> None:
    """List the registries, a registry's collections with their aliases, or a collection's versions."""
    api = open_api(server)
    name, _, collection = place.strip("/").removeprefix("registry/").partition("/")
    if not name:
        for one in api.registries():
            about = {"name": one.name, "collections": one.collection_count, "description": one.description}
            text = f"{one.name:<24} {one.collection_count:>6,} collections  {_line(one.description)}"
            say(as_json, about, text)
    elif not collection:
        for one in api.registry(name).collections():
            aliases = ", ".join(f"{alias}={version}" for alias, version in one.alias_versions.items())
            about = {"name": one.name, "type": one.type, "aliases": one.alias_versions}
            say(as_json, about, f"{one.type:<12} {one.name:<32} {aliases}")
    else:
        for version in api.registry(name).collection(collection).artifacts():
            source = version.source_qualified_name
            about = {"version": version.version, "source": source, "aliases": list(version.aliases)}
            say(as_json, about, f"{version.version:<6} {source:<56} {', '.join(version.aliases)}")


@command.command("link")
@click.argument("version", metavar="[ENTITY/]PROJECT/NAME[:ALIAS]")
@click.argument("target", metavar="REGISTRY/COLLECTION")
@click.option("--alias", "-a", "aliases", multiple=True, help="Names it from then on, e.g. production; repeatable.")
@_SERVER
@JSON
def link(version: str, target: str, aliases: tuple[str, ...], server: str | None, as_json: bool) -> None:
    """Link a version into a registry's collection; either is made if it isn't there."""
    registry, collection = _split(target)
    place = registry.replace(":", "/") if ":" in registry else f"registry/{registry}"
    linked = open_api(server).artifact(version).link(f"{place}/{collection}", list(aliases))
    about = {"linked": linked.qualified_name, "aliases": list(linked.aliases)}
    say(as_json, about, f"{linked.qualified_name}: {', '.join(linked.aliases)}")


@command.command("history")
@click.argument("target", metavar="REGISTRY/COLLECTION")
@click.option("--alias", "-a", help="Only this alias.")
@_SERVER
@JSON
def history(target: str, alias: str | None, server: str | None, as_json: bool) -> None:
    """Say who moved which alias from where to where, the last first."""
    registry, name = _split(target)
    collection: RegistryCollection = open_api(server).registry(registry).collection(name)
    for move in collection.alias_moves():
        if alias in (None, move["alias"]):
            when = time.strftime("%Y-%m-%d %H:%M", time.localtime(move["moved_at"]))
            way = f"{move['from'] or '-':>6} -> {move['version'] or '-':<6}"
            say(as_json, move, f"{when}  {move['alias']:<16} {way} {move['by'] or ''}")


def _split(target: str) -> tuple[str, str]:
    registry, _, collection = target.strip("/").removeprefix("registry/").partition("/")
    if not registry or not collection or "/" in collection:
        raise click.BadParameter(f"{target} isn't REGISTRY/COLLECTION", param_hint="REGISTRY/COLLECTION")
    return registry, collection


def _line(text: str) -> str:
    return " ".join(text.split())[:60]
