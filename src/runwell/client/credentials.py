"""The credentials file: API keys by server, readable by its owner alone.

``credentials.json`` in the user's config directory (``RUNWELL_CONFIG_DIR`` overrides it), mode 0600::

    {"servers": {"http://127.0.0.1:8080": {"api_key": "local-…", "user": "local"}}}

A key never goes anywhere else: not into a run directory, a command line or a log.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Any

from runwell.wire.errors import InvalidValue, UsageError

from .addresses import origin

FILE_NAME = "credentials.json"


def config_dir() -> Path:
    """Give the directory of the user's settings and credentials; it may not exist yet."""
    override = os.environ.get("RUNWELL_CONFIG_DIR")
    if override:
        return Path(override)
    from platformdirs import user_config_dir

    return Path(user_config_dir("runwell"))


def credentials_path() -> Path:
    """Give the path of the credentials file."""
    return config_dir() / FILE_NAME


def key_for(base_url: str) -> str | None:
    """Give the API key for a server: ``RUNWELL_API_KEY`` wins, then the credentials file; None if unknown.

    Raises:
        UsageError: the file is readable by others (its key may have leaked); the message says what to do.
    """
    return os.environ.get("RUNWELL_API_KEY") or stored_key(base_url)


def stored_key(base_url: str) -> str | None:
    """Give the key that the credentials file holds for a server."""
    entry = stored_servers().get(origin(base_url))
    key = entry.get("api_key") if isinstance(entry, dict) else None
    return key if isinstance(key, str) and key else None


def stored_servers() -> dict[str, dict[str, Any]]:
    """Give all entries of the credentials file by origin; empty without a file, or with a broken one."""
    path = credentials_path()
    try:
        with path.open(encoding="utf-8") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise UsageError(
                    f"{path} can be read by others (mode {mode:o}); run `chmod 600 {path}`, and replace the keys "
                    "in it if this machine is shared"
                )
            servers = json.load(file).get("servers")
    except (OSError, ValueError, AttributeError):
        return {}
    return servers if isinstance(servers, dict) else {}


def store_key(base_url: str, api_key: str, user: str = "") -> Path:
    """Keep a key for a server, replacing an older one; atomic, mode 0600.

    Raises:
        InvalidValue: the address or the key can't be one.
        OSError: the directory can't be written.
    """
    if not api_key.strip() or any(ord(c) < 33 or ord(c) > 126 for c in api_key):
        raise InvalidValue("an API key is printable ASCII without spaces; copy it whole")
    servers = stored_servers()
    servers[origin(base_url)] = {"api_key": api_key, "user": user}
    return _write(servers)


def forget_key(base_url: str) -> bool:
    """Remove a server's key; tells whether there was one."""
    servers = stored_servers()
    if servers.pop(origin(base_url), None) is None:
        return False
    _write(servers)
    return True


def _write(servers: dict[str, dict[str, Any]]) -> Path:
    path = credentials_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".credentials-")  # mkstemp: 0600 from the start
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"servers": servers}, file, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path
