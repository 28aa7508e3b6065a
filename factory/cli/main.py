"""The `factory` command: finds the command's module, runs it, and turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import io
import sys
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from factory.catalog.nearest import suggestion
from factory.cli.terminal import Terminal
from factory.errors import FactoryError, UsageError

INTERRUPTED = 130

COMMANDS = {
    "list": "what there is: products, and what each requires and provides",
    "synth": "write the CloudFormation templates",
    "lint": "run all gates, and say how to mend what they find",
    "controls": "which control rests on which rules and resources",
    "diff": "what an update does to those who launched a version",
    "release": "give a product the version that its change needs",
    "plan": "show what publish would change",
    "publish": "bring the catalog in line with code and manifests",
    "launch": "launch a product, or update its launch",
    "up": "launch or update a whole system",
    "down": "end a whole system",
    "status": "what is launched, and what is behind",
    "terminate": "end one launch",
    "import": "take over portfolios and stacks that others made",
    "migrate": "turn an AWS Copilot manifest into a launch",
    "sandbox": "start, stop and look at the embedded AWS",
    "bootstrap": "prepare the accounts, and the pipeline",
    "doctor": "look whether accounts and catalog are healthy",
    "roles": "what launch roles allow, and their template",
    "new": "begin a product",
    "new-service": "add a service to a system",
    "init": "begin a repository, or bring one up to date",
}
"""Every command in the order of `--help`, and what that says of it."""


class Commands(click.Group):
    """Imports a command's module when it is asked for, so that `--help` and the shell's completion are quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"factory.cli.{cmd_name.replace('-', '_')}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            raise click.UsageError(f"command {args[0]} is unknown: {suggestion(args[0], COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        found = [CompletionItem(name, help=text) for name, text in COMMANDS.items() if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory with products/ and portfolios/. Default: the nearest one upwards.",
)
@click.option(
    "--sandbox",
    is_flag=True,
    envvar="FACTORY_SANDBOX",
    help="Work on the embedded AWS instead of real accounts. Also FACTORY_SANDBOX=1.",
)
@click.version_option(package_name="product-factory", prog_name="factory")
@click.pass_context
def cli(context: click.Context, project: Path | None, sandbox: bool) -> None:
    """Turn product code into AWS Service Catalog products that teams launch.

    \b
    Try it without an AWS account:
      factory publish --sandbox --yes
      factory up fastapi-platform -e dev --sandbox
    """
    # It brings along all that commands work with, which `--help` and `--version` do without.
    from factory.cli.workspace import Workspace

    context.obj = Workspace(project, sandbox=sandbox, terminal=Terminal())


def main() -> None:
    """Run the command line and leave with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        # What the terminal's encoding does not have is shown as an escape.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(standalone_mode=False, prog_name="factory")
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(error.exit_code)
    except click.ClickException as error:
        Terminal().failure(_usage_error(error))
        sys.exit(error.exit_code)
    except FactoryError as error:
        Terminal().failure(error)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        Terminal().note("interrupted: run the same command again to continue")
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read standard output has seen enough.
        sys.exit(0)
    except OSError as error:
        # A folder that may not be written, a full disk: the machine's trouble and not the factory's.
        place = f"{error.filename}: " if error.filename else ""
        Terminal().failure(FactoryError(f"{place}{error.strerror or error}"))
        sys.exit(1)
    sys.exit(code if isinstance(code, int) else 0)


def _usage_error(error: click.ClickException) -> UsageError:
    """What click finds wrong with a command line, in the form of all other errors."""
    message = error.format_message().rstrip(".")
    context = error.ctx if isinstance(error, click.UsageError) else None
    command = context.command_path if context else "factory"
    return UsageError(f"{message[:1].lower()}{message[1:]}", hint=f"{command} --help")


if __name__ == "__main__":
    main()
