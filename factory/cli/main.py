"""The `factory` command: finds the command's module, runs it, and turns errors into messages and exit codes."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import click

from factory.cli.terminal import Terminal
from factory.cli.workspace import Workspace
from factory.errors import FactoryError

INTERRUPTED = 130

# In the order in which `--help` lists them.
COMMANDS = (
    "list",
    "synth",
    "lint",
    "controls",
    "diff",
    "release",
    "plan",
    "publish",
    "launch",
    "up",
    "down",
    "status",
    "terminate",
    "import",
    "migrate",
    "sandbox",
    "bootstrap",
    "doctor",
    "roles",
    "new",
    "new-service",
    "init",
)


class Commands(click.Group):
    """Imports a command's module when it is asked for, so that `--help` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"factory.cli.{cmd_name.replace('-', '_')}").command
        return command


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
    context.obj = Workspace(project, sandbox=sandbox, terminal=Terminal())


def main() -> None:
    """Run the command line and leave with its exit code."""
    try:
        code = cli.main(standalone_mode=False, prog_name="factory")
    except click.ClickException as error:
        error.show()
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
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
