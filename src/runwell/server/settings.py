"""What an operator may choose about a server, and where each choice comes from.

Order: an argument of ``runwell server`` > environment ``RUNWELL_…`` > the default here. Pure values: reading
settings opens no file and no socket.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from runwell.wire.errors import InvalidValue, shorten

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8080


def default_data_dir() -> Path:
    """Give the directory a server keeps everything in when nobody names one: the user's data directory."""
    import platformdirs

    return Path(platformdirs.user_data_dir("runwell", appauthor=False)) / "server"


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The choices of one server.

    Attributes:
        data_dir: the one directory that holds catalog, segments and blobs.
        host: address to bind.
        port: TCP port; 0 lets the system choose.
        base_url: the address users reach the server at (behind a proxy); None: what each request was sent to.
        catalog_url: SQLAlchemy URL; None: ``sqlite`` in the data directory.
        hosts: further host names that requests may be sent to.
        notebook_origins: origins whose pages may show ours in a frame.
    """

    data_dir: Path
    host: str = DEFAULT_HOST
    port: int = DEFAULT_PORT
    base_url: str | None = None
    catalog_url: str | None = None
    hosts: tuple[str, ...] = ()
    notebook_origins: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if not 0 <= self.port <= 65535:
            raise InvalidValue(f"port {self.port} is not a port; choose one from 1 to 65535")
        if self.base_url is not None:
            object.__setattr__(self, "base_url", check_base_url(self.base_url))
        for origin in self.notebook_origins:
            check_base_url(origin)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None, **chosen: object) -> ServerSettings:
        """Combine what was chosen on the command line (None: not chosen) with ``RUNWELL_…`` and the defaults.

        Raises:
            InvalidValue: a setting means nothing.
        """
        env = os.environ if environ is None else environ
        values: dict[str, object] = {}
        for name in ("data_dir", "host", "port", "base_url", "catalog_url", "hosts", "notebook_origins"):
            value = chosen.get(name)
            if value is None or value == ():
                value = env.get(_ENVIRONMENT[name]) or None
            if value is not None:
                values[name] = value
        data_dir = values.pop("data_dir", None)
        port = values.pop("port", DEFAULT_PORT)
        for name in ("hosts", "notebook_origins"):
            if isinstance(values.get(name), str):
                values[name] = tuple(part.strip() for part in str(values[name]).split(",") if part.strip())
        try:
            port_number = int(str(port))
        except ValueError:
            raise InvalidValue(f"port {shorten(port)} is not a number") from None
        directory = Path(str(data_dir)) if data_dir is not None else default_data_dir()
        return cls(data_dir=directory.expanduser().absolute(), port=port_number, **values)  # type: ignore[arg-type]

    @property
    def catalog(self) -> str:
        """The catalog's SQLAlchemy URL."""
        return self.catalog_url or f"sqlite:///{self.data_dir / 'catalog.db'}"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def is_wildcard(self) -> bool:
        """Whether the server listens on every address of the machine."""
        try:
            return ipaddress.ip_address(self.host).is_unspecified
        except ValueError:
            return self.host == ""

    def local_url(self, port: int) -> str:
        """Give the address this machine reaches the server at, once the port is known."""
        host = DEFAULT_HOST if self.is_wildcard else self.host
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


_ENVIRONMENT = {
    "data_dir": "RUNWELL_DATA_DIR",
    "host": "RUNWELL_SERVER_HOST",
    "port": "RUNWELL_SERVER_PORT",
    "base_url": "RUNWELL_SERVER_URL",
    "catalog_url": "RUNWELL_CATALOG_URL",
    "hosts": "RUNWELL_HOSTS",
    "notebook_origins": "RUNWELL_NOTEBOOK_ORIGINS",
}


def check_base_url(text: str) -> str:
    """Check an address of the form ``http(s)://host[:port]`` and give it without a trailing slash.

    Raises:
        InvalidValue: it has another scheme, a path, a query, a user, or no host.
    """
    try:
        parts = urlsplit(text.strip())
        parts.port  # noqa: B018  # raises on a port that is none
    except ValueError:
        raise InvalidValue(f"{shorten(text)} is not an address") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise InvalidValue(f"{shorten(text)} is not an address of the form https://host or http://host:port")
    if parts.path not in ("", "/"):
        raise InvalidValue(f"{shorten(text)} has a path; the server must stand at the root of its host")
    return f"{parts.scheme}://{parts.netloc.lower()}"
