"""The command ``wandb``: Runwell's command, which says so."""

from __future__ import annotations

import sys


def main() -> int:
    """Run Runwell's command line."""
    print("wandb: this is Runwell under the name wandb; its command is `runwell`", file=sys.stderr)
    from runwell.cli.main import main as runwell_main

    return int(runwell_main() or 0)
