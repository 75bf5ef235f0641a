"""``runwell login``: keeps the API key of a server in the credentials file, after trying it."""

from __future__ import annotations

import sys

import click


@click.command("login")
@click.argument("server", required=False)
@click.option("--key-stdin", is_flag=True, help="Read the key from standard input, without asking.")
@click.option("--no-verify", is_flag=True, help="Keep the key without trying it.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
def command(server: str | None, key_stdin: bool, no_verify: bool, as_json: bool) -> None:
    """Keep the API key of SERVER (default: the configured one).

    On the machine that runs the server nothing has to be done: its first start keeps the key.
    """
    from runwell.client.connection import Connection
    from runwell.client.credentials import store_key
    from runwell.wire.errors import AuthenticationError, InvalidValue

    from .address import server_address

    address = server_address(server)
    if key_stdin or not sys.stdin.isatty():
        key = sys.stdin.readline().strip()
    else:
        click.echo(
            f"The server's administrator makes a key with: runwell admin user add NAME. See also {address}/authorize"
        )
        key = click.prompt("API key", hide_input=True).strip()
    if not key:
        raise InvalidValue("no API key was given; pipe it in (runwell login --key-stdin) or type it")
    user = ""
    if not no_verify:
        try:
            with Connection(address, key) as connection:
                user = connection.get_json("/api/server").get("user") or ""
        except AuthenticationError:
            user = ""
        if not user:
            raise AuthenticationError(
                f"{address} did not accept this key, and it was not kept. To get one: `runwell key` on the machine of "
                f"the server, or open {address}/authorize"
            )
    path = store_key(address, key, user)
    if as_json:
        import json

        click.echo(json.dumps({"server": address, "user": user or None, "credentials": str(path)}, ensure_ascii=False))
        return
    click.echo(f"Logged in to {address}{f' as {user}' if user else ''}. The key is kept in {path}")
