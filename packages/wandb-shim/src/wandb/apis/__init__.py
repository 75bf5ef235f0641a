"""Reading and editing from scripts: Runwell's ``Api``."""

from __future__ import annotations

from runwell.api import Api as Api

PublicApi = Api
