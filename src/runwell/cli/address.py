"""Which server a command talks to: its argument, then the settings, in the order that the SDK uses too."""

from __future__ import annotations

from runwell.wire.errors import InvalidValue


def server_address(given: str | None) -> str:
    """Give the address of the server to talk to, without a slash at its end.

    Raises:
        InvalidValue: it isn't an http or https address.
    """
    from runwell.client.addresses import origin
    from runwell.sdk.settings import resolve

    address = (given or str(resolve(None, {}).base_url)).strip().rstrip("/")
    if "://" not in address:
        local = address.startswith(("localhost", "127.", "[::1]"))
        address = f"{'http' if local else 'https'}://{address}"
    origin(address)
    return address


def need_key(address: str) -> str:
    """Give the key of a server.

    Raises:
        InvalidValue: none is known; the message says what to do.
        UsageError: the credentials file is readable by others.
    """
    from runwell.client.credentials import key_for, stored_servers

    key = key_for(address)
    if key is None:
        known = [server for server in stored_servers() if "localhost" not in server]
        if known:
            raise InvalidValue(
                f"no API key for {address} is known, but for {', '.join(known[:5])}; name the server after the "
                "command, or set RUNWELL_BASE_URL to it"
            )
        raise InvalidValue(
            f"no API key for {address} is known. On the machine of the server, start it once (runwell server); "
            f"elsewhere: runwell login {address}"
        )
    return key
