"""The command line: ``runwell COMMAND``. A command's module is imported when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence
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
    """A group whose commands are imported when they are called, and whose failures are told in one way."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run a command line and leave with its exit status."""
        from .failures import STOPPED, Failure, failure_of, wants_json

        arguments = list(sys.argv[1:] if args is None else args)
        as_json = wants_json(arguments)
        try:
            status: Any = super().main(
                args=arguments,
                prog_name=prog_name or "runwell",
                complete_var=complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            )
        except click.Abort:
            Failure("stopped; to go on, run the command again", "stopped", STOPPED).tell(as_json)
            status = STOPPED
        except Exception as error:
            failure = failure_of(error, arguments)
            if failure is None:
                raise
            if isinstance(error, click.UsageError) and not as_json:
                error.show()
            else:
                failure.tell(as_json)
            status = failure.exit_code
        raise SystemExit(status if isinstance(status, int) else 0)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            try:
                return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except KeyboardInterrupt:  # click itself would begin with an empty line, also where JSON is read
            if sys.stderr.isatty():
                click.echo(err=True)  # behind the terminal's ^C
            raise click.Abort from None
        except BrokenPipeError:
            from .failures import READER_LEFT

            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is buffered still goes somewhere at the exit
            raise SystemExit(READER_LEFT) from None

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


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; errors of ours are one sentence, not a traceback."""
    group.main(arguments)


if __name__ == "__main__":
    main()
