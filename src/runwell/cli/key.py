"""``runwell key``: the key of a server, for scripts and other clients."""

from __future__ import annotations

import click


@click.command("key")
@click.argument("server", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(server: str | None, as_json: bool) -> None:
    """Print the API key of SERVER (default: the configured one), from this user's credentials file."""
    from .address import need_key, server_address

    address = server_address(server)
    key = need_key(address)
    if as_json:
        import json

        click.echo(json.dumps({"server": address, "key": key}))
    else:
        click.echo(key)
