"""`factory init`: a repository of one's own products and portfolios."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import click

from factory.cli.skeleton import buildspecs, write
from factory.cli.workspace import Workspace, factory_command
from factory.synthesis.discovery import discover


@factory_command("init")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
def command(workspace: Workspace, directory: Path) -> None:
    """Start a repository that offers the shipped products beside your own.

    \b
    Example: factory init my-catalog && cd my-catalog && factory publish --sandbox --yes
    """
    root = directory.resolve()
    offers = "".join(f"  {name}: {{dev: current, prod: current}}\n" for name in discover(root))
    written = write(
        {
            root / "portfolios/environments.yaml": "environments.yaml",
            root / "portfolios/platform.yaml": "platform.yaml",
            root / "README.md": "README.md",
            root / ".gitignore": "gitignore.txt",
            root / "requirements.txt": "requirements.txt",
            root / "products/README.md": "products.md",
        },
        [(root / "buildspecs" / file.name, file) for file in buildspecs()],
        project=_project_name(root.name),
        offers=offers,
        version=version("product-factory"),
    )
    for path in written:
        workspace.terminal.result(str(directory / path.relative_to(root)))
    workspace.terminal.note(f"next: cd {directory} && factory publish --sandbox --yes")


def _project_name(text: str) -> str:
    """The directory's name as the Project parameter admits it."""
    name = "".join(character for character in text.lower() if character.isalnum() or character == "-").strip("-")
    return name[:20] if len(name) > 1 and name[0].isalpha() else "platform"
