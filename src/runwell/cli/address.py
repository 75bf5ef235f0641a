"""Which server a command talks to, and the way to it: its argument, then the settings, as the SDK has them too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runwell.wire.errors import AuthenticationError, InvalidValue, shorten

if TYPE_CHECKING:
    from runwell.api.api import Api
    from runwell.client.connection import Connection

_PROBE_S = 5.0  # of silence, when a server is asked only whether it is there


def server_address(given: str | None) -> str:
    """Give the address of the server to talk to, without a slash at its end.

    Raises:
        InvalidValue: it isn't an http or https address; a host without a scheme is one if it has a dot or a port.
    """
    from runwell.client.addresses import origin
    from runwell.sdk.settings import resolve

    address = (given or str(resolve(None, {}).base_url)).strip().rstrip("/")
    if "://" not in address:
        local = address.startswith(("localhost", "127.", "[::1]"))
        if not local and "." not in address and ":" not in address:
            raise InvalidValue(f"server address {shorten(address)} isn't http://HOST[:PORT] or https://HOST[:PORT]")
        address = f"{'http' if local else 'https'}://{address}"
    origin(address)
    return address


def need_key(address: str) -> str:
    """Give the key of a server, without asking it.

    Raises:
        AuthenticationError: none is known; the message says what to do.
        UsageError: the credentials file is readable by others.
    """
    from runwell.client.credentials import key_for, stored_servers

    key = key_for(address)
    if key is None:
        known = [server for server in stored_servers() if "localhost" not in server]
        if known:
            raise AuthenticationError(
                f"no API key for {address} is known, but for {', '.join(known[:5])}; name the server after the "
                f"command, set RUNWELL_BASE_URL to it, or run: runwell login {address}"
            )
        raise AuthenticationError(
            f"no API key for {address} is known. On the machine of the server, start it once (runwell server); "
            f"elsewhere: runwell login {address}"
        )
    return key


def usable_key(address: str) -> str:
    """Give the key of a server; where none is known, say first whether a server answers there at all.

    Raises:
        CommunicationError: no Runwell server answers.
        AuthenticationError: one does, and no key for it is known.
    """
    from runwell.client.connection import Connection

    try:
        return need_key(address)
    except AuthenticationError:
        with Connection(address, None, idle_s=_PROBE_S) as connection:
            connection.get_json("/ready")
        raise


def connect(given: str | None) -> Connection:
    """Open the way to the server that a command is about, with its key."""
    from runwell.client.connection import Connection

    address = server_address(given)
    return Connection(address, usable_key(address))


def open_api(given: str | None) -> Api:
    """Give what reads the server that a command is about."""
    from runwell.api.api import Api

    address = server_address(given)
    return Api(address, usable_key(address))


def check_server(given: str | None) -> str:
    """Give the address of a server that answers and takes the key: asked before work that is long or in vain.

    Raises:
        CommunicationError: it doesn't; the message says which.
    """
    with connect(given) as connection:
        said = connection.get_json("/api/server")
        if not said.get("user"):
            raise AuthenticationError(
                f"{connection.base_url} doesn't know the API key; run `runwell login {connection.base_url}` or set "
                "RUNWELL_API_KEY",
                status=401,
            )
        return connection.base_url
