"""The command line: ``runwell COMMAND``. A command's module is imported when it is called."""

from __future__ import annotations

import importlib
from typing import Any

import click

# Command → (module, what it is in a line). Written here so that `runwell --help` imports none of them.
COMMANDS = {
    "server": ("runwell.cli.server", "Start the server."),
    "open": ("runwell.cli.open", "Open the web UI, logged in."),
    "sync": ("runwell.cli.sync", "Send runs that aren't on a server yet."),
    "status": ("runwell.cli.status", "Say what is recorded here and what is still to be sent."),
    "runs": ("runwell.cli.runs", "List the runs of a project."),
    "export": ("runwell.cli.export", "Write a project's histories, configs and summaries into files."),
    "artifact": ("runwell.cli.artifact", "Log, fetch, list and verify versions of files."),
    "registry": ("runwell.cli.registry", "List registries, link versions into them, see who moved which alias."),
    "storage": ("runwell.cli.storage", "Say what a server keeps, and remove what nobody needs."),
    "import": ("runwell.cli.import_", "Bring in runs of TensorBoard, wandb offline directories or MLflow."),
    "login": ("runwell.cli.login", "Keep the API key of a server."),
    "key": ("runwell.cli.key", "Print the API key of a server."),
    "admin": ("runwell.cli.admin", "Manage users and keys of a server's data directory."),
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        known = COMMANDS.get(cmd_name)
        if known is None:
            return None
        return importlib.import_module(known[0]).command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="runwell", message="runwell %(version)s")
def group() -> None:
    """Track machine-learning experiments on your own machine.

    Start a server with `runwell server`, log with `import runwell` in Python, look with `runwell open`.
    """


def main(arguments: list[str] | None = None) -> Any:
    """Run the command line; errors of ours are one sentence, not a traceback."""
    from runwell.wire.errors import RunwellError

    try:
        return group.main(args=arguments, prog_name="runwell")
    except RunwellError as error:
        click.echo(f"runwell: {error}", err=True)
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
