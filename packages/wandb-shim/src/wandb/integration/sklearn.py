"""Charts of scikit-learn's models: Runwell's."""

from __future__ import annotations

from runwell.integrations.sklearn import *  # noqa: F403
