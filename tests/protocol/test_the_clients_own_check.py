"""``wandb verify``: the official client's own examination of a server, but for what it asks of a cloud."""

from __future__ import annotations

from pathlib import Path

from tests.serving import ServerProcess

from . import official

VERIFYING = """
    import os, wandb
    from wandb.sdk.verify import verify

    api = wandb.Api()
    host = os.environ["WANDB_BASE_URL"]
    passed = {
        "logged in": verify.check_logged_in(api, host),
        "run": verify.check_run(api),
        "graphql put": verify.check_graphql_put(api, host)[0],
        "large post": verify.check_large_post(),
    }
    verify.check_wandb_version(api)
    print("OUT", [name for name, good in passed.items() if not good])
"""


def test_the_clients_own_check_passes(server: ServerProcess, tmp_path: Path) -> None:
    output = official.run(server, tmp_path, VERIFYING)
    assert "OUT []" in output, output
    assert output.count("✅") == 5, output
