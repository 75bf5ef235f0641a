"""``python -m wandb``: Runwell's command."""

from __future__ import annotations

import sys

from wandb.cli import main

sys.exit(main())
