"""Throw-away projects whose catalog has a chosen size, and commands run inside them."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from factory.cli.terminal import Terminal
from factory.cli.workspace import Workspace
from factory.sandbox import process

SHIPPED = Path(__file__).parent.parent / "portfolios"
ACCOUNTS = {"dev": "222222222222", "staging": "555555555555", "prod": "666666666666"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What a command printed on standard output, and how often it called which operation of AWS."""

    output: str
    calls: Counter[str]

    def document(self) -> Any:
        """The output of a command with `--json`."""
        return json.loads(self.output)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A project directory; its sandbox is started by the first command that needs it."""

    directory: Path

    def run(self, command: str, *arguments: str) -> Run:
        """Run a command in this process, as a new process of its own would: it knows nothing of the ones before."""
        workspace = Workspace(self.directory, sandbox=True, terminal=Terminal())
        output = io.StringIO()
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(io.StringIO()):
            module = importlib.import_module(f"factory.cli.{command}")
            module.command.main(list(arguments), obj=workspace, standalone_mode=False)
        return Run(output=output.getvalue(), calls=workspace.accounts.calls.copy())


@contextlib.contextmanager
def project(products: Sequence[str] = (), environments: Sequence[str] = ()) -> Iterator[Project]:
    """A project that offers these products in these environments, or the shipped portfolios where none are named."""
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        directory = Path(name)
        if products:
            _write_manifests(directory / "portfolios", products, environments)
        else:
            shutil.copytree(SHIPPED, directory / "portfolios")
        try:
            yield Project(directory=directory)
        finally:
            process.stop(directory)


def _write_manifests(folder: Path, products: Sequence[str], environments: Sequence[str]) -> None:
    accounts = {name: {"account": ACCOUNTS[name], "regions": ["us-east-1"]} for name in environments}
    portfolio = {
        "display-name": "Benchmark",
        "provider": "Benchmark",
        "environments": list(environments),
        "products": {product: dict.fromkeys(environments, "current") for product in products},
        "access": ["role/factory-launcher"],
    }
    folder.mkdir()
    # JSON is YAML, too.
    (folder / "environments.yaml").write_text(
        json.dumps({"hub": {"account": "111111111111"}, "environments": accounts})
    )
    (folder / "benchmark.yaml").write_text(json.dumps(portfolio))
