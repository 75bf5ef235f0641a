"""``runwell key``: the key of a server, for scripts and other clients."""

from __future__ import annotations

import click


@click.command("key")
@click.argument("server", required=False)
def command(server: str | None) -> None:
    """Print the API key of SERVER (default: the configured one), from this user's credentials file."""
    from .address import need_key, server_address

    click.echo(need_key(server_address(server)))
