"""Reading and editing from scripts: Runwell's ``Api``."""

from __future__ import annotations

from runwell.api import *  # noqa: F403
from runwell.api import Api as Api
