"""`factory init`: a repository of one's own products and portfolios, and later what an upgrade changes in it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from factory.cli.skeleton import filled, kept, shipped, write
from factory.cli.workspace import Workspace, factory_command
from factory.errors import UsageError
from factory.planning.written import State, Written
from factory.synthesis.discovery import discover


@factory_command("init")
@click.argument("directory", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--update", is_flag=True, help="Renew what the pipeline installs and runs, after an upgrade.")
@click.option("--dry-run", is_flag=True, help="With --update: show what would change, and change nothing.")
@click.option("--yes", is_flag=True, help="With --update: do not ask. What somebody changed stays.")
def command(workspace: Workspace, directory: Path | None, update: bool, dry_run: bool, yes: bool) -> None:
    """Start a repository that offers the shipped products beside your own.

    After an upgrade of the factory, --update brings requirements.txt and buildspecs/ in it up to date. It shows what
    changes and asks. What somebody changed is only written over after a question of its own, and a file whose first
    line does not say that the factory wrote it is left alone.

    \b
    Example: factory init my-catalog && cd my-catalog && factory publish --sandbox --yes
             factory init --update --dry-run
    """
    if update:
        project = Workspace(directory, sandbox=False, terminal=workspace.terminal) if directory else workspace
        _update(workspace, project.root, dry_run=dry_run, yes=yes)
        return
    if directory is None:
        raise UsageError("init: where?", hint="factory init DIR, or factory init --update in a repository")
    if dry_run or yes:
        raise UsageError(f"init: --{'dry-run' if dry_run else 'yes'} is for --update")
    _start(workspace, directory)


def _start(workspace: Workspace, directory: Path) -> None:
    root = directory.resolve()
    project = _project_name(root.name)
    offers = "".join(f"  {name}: {{dev: current, prod: current}}\n" for name in discover(root))
    texts = {
        "portfolios/environments.yaml": filled("environments.yaml", project=project),
        "portfolios/platform.yaml": filled("platform.yaml", offers=offers),
        "portfolios/blueprints.yaml": shipped("portfolios/blueprints.yaml"),
        "portfolios/systems/platform.yaml": filled("system.yaml"),
        "README.md": filled("README.md", project=project),
        ".gitignore": filled("gitignore.txt"),
        "products/README.md": filled("products.md"),
        **{file.path: file.marked for file in kept(root)},
    }
    # Whoever made the repository may have made these with it.
    there = [path for path in ("README.md", ".gitignore") if (root / path).exists()]
    write({root / path: text for path, text in texts.items() if path not in there})
    for path in texts:
        if path in there:
            workspace.terminal.note(f"{directory / path} is there already: left as it is")
        else:
            workspace.terminal.result(str(directory / path))
    workspace.terminal.note(f"next: cd {directory} && factory publish --sandbox --yes")


def _update(workspace: Workspace, root: Path, *, dry_run: bool, yes: bool) -> None:
    terminal = workspace.terminal
    files = kept(root)
    newer = [file for file in files if file.state is State.NEWER]
    if newer:
        raise UsageError(
            f"{newer[0].path}: product-factory {newer[0].by} wrote it, and this is {newer[0].version}",
            hint="pip install --requirement requirements.txt",
        )
    old = [file for file in files if file.state in {State.OUTDATED, State.MISSING}]
    diverged = [file for file in files if file.state is State.DIVERGED]
    for file in files:
        if file.state is State.OWN:
            terminal.note(f"{file.path} is your own: its first line does not say that the factory wrote it")
        elif file.state is State.CHANGED:
            terminal.note(f"{file.path} was changed here, and there is nothing new")
    for file in (*old, *diverged):
        terminal.difference(file.path, file.text or "", file.marked)
    if not old and not diverged:
        terminal.note(f"nothing to update: product-factory {files[0].version} writes nothing new")
    elif not dry_run:
        if not yes and not sys.stdin.isatty():
            raise UsageError("init: nobody to ask", hint="factory init --update --yes")
        if old and (yes or click.confirm(f"Write {_paths(old)}?", err=True)):
            _renew(workspace, root, old)
        for file in diverged:
            if yes:
                terminal.note(f"{file.path} was changed here: left as it is")
            elif click.confirm(f"{file.path} was changed here, which this would undo. Write it?", err=True):
                _renew(workspace, root, [file])


def _renew(workspace: Workspace, root: Path, files: Iterable[Written]) -> None:
    for file in files:
        path = root / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.marked, encoding="utf-8")
        workspace.terminal.note(f"written: {file.path}")


def _paths(files: Iterable[Written]) -> str:
    return ", ".join(file.path for file in files)


def _project_name(text: str) -> str:
    """The directory's name as the Project parameter admits it."""
    name = "".join(character for character in text.lower() if character.isalnum() or character == "-").strip("-")
    return name[:20] if len(name) > 1 and name[0].isalpha() else "platform"
