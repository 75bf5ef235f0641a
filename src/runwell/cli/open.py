"""``runwell open``: the web UI in a browser, logged in by a link that works once."""

from __future__ import annotations

import click


@click.command("open")
@click.argument("server", required=False)
@click.option("--print", "print_only", is_flag=True, help="Print the link instead of opening a browser.")
@click.option("--json", "as_json", is_flag=True, help="Print the link as one JSON object instead.")
def command(server: str | None, print_only: bool, as_json: bool) -> None:
    """Open the web UI of SERVER (default: the configured one), logged in."""
    import os
    import sys

    from runwell.client.addresses import reachable_url
    from runwell.wire.errors import InvalidValue

    from .address import connect

    with connect(server) as connection:
        address = connection.base_url
        link = connection.send_json("POST", "/api/login-links", {}).get("url")
    if not isinstance(link, str):
        raise InvalidValue(f"{address} gave no login link; is it a Runwell server of another version?")
    link = reachable_url(link, address)
    if as_json:
        import json

        click.echo(json.dumps({"server": address, "url": link}))
        return
    has_screen = sys.platform in ("darwin", "win32") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
    if not print_only and has_screen:
        import webbrowser

        if webbrowser.open(link):
            click.echo(f"Opened {address}")
            return
    click.echo(link)
    if not print_only:
        click.echo("(no browser here: open this link in one; it works once, within 10 minutes)", err=True)
