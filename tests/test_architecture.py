"""The walls of the architecture, read off the import statements of every module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# From top to bottom: a layer imports from itself and from those to its right.
LAYERS = ("cli", "aws", "planning", "gates", "synthesis", "authoring", "catalog", "errors")

MODULES = sorted([*ROOT.glob("factory/**/*.py"), *ROOT.glob("products/**/*.py")])
PRODUCTS = [path for path in MODULES if path.is_relative_to(ROOT / "products")]
# Lambda runs these, with the libraries of its runtime.
FUNCTIONS = [path for path in PRODUCTS if {"functions", "runtime"} & set(path.parts)]


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def layer(path: Path) -> str:
    part = path.relative_to(ROOT / "factory").parts[0]
    return part.removesuffix(".py")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [path for path in MODULES if path.is_relative_to(ROOT / "factory")], ids=name)
def test_layers_point_one_way(path: Path) -> None:
    here = layer(path)
    if here not in LAYERS:
        return
    above = LAYERS[: LAYERS.index(here)]
    upward = [item for item in imports(path) if item.startswith("factory.") and item.split(".")[1] in above]
    assert upward == []


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("boto3", ("factory/aws/", "factory/sandbox/")),
        ("botocore", ("factory/aws/", "factory/sandbox/")),
        ("click", ("factory/cli/",)),
        ("rich", ("factory/cli/",)),
        ("yaml", ("factory/catalog/manifest/document.py", "factory/sandbox/")),
        ("ministack", ("factory/sandbox/emulator.py", "factory/sandbox/emulator/")),
        ("factory.sandbox", ("factory/sandbox/", "factory/cli/")),
    ],
)
def test_library_stays_at_home(library: str, homes: tuple[str, ...]) -> None:
    elsewhere = [
        name(path)
        for path in MODULES
        if path not in FUNCTIONS and not name(path).startswith(homes)
        if any(item == library or item.startswith(f"{library}.") for item in imports(path))
    ]
    assert elsewhere == []


@pytest.mark.parametrize("path", [path for path in PRODUCTS if path not in FUNCTIONS], ids=name)
def test_products_import_the_authoring_interface_alone(path: Path) -> None:
    allowed = ("factory.authoring", "products.parts", "troposphere", "awacs")
    standard = {"__future__", "collections.abc", "dataclasses", "enum", "json", "pathlib", "re", "typing"}
    foreign = [item for item in imports(path) if not item.startswith(allowed) and item not in standard]
    assert foreign == []


def test_engine_names_no_product() -> None:
    """A new product is a new file: no string of the engine's code is a product's name."""
    products = {path.stem.replace("_", "-") for path in (ROOT / "products").iterdir() if path.name != "parts"}
    # Ordinary words that are also products' names stand in texts, so whole strings alone are compared.
    found = [
        (name(path), node.value)
        for path in MODULES
        # The sandbox speaks of AWS's own properties, some of which have such names.
        if path.is_relative_to(ROOT / "factory") and not {"skeleton", "sandbox"} & set(path.parts)
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in products
    ]
    assert found == []


def test_commands_are_listed() -> None:
    from factory.cli.main import COMMANDS

    frame = {"__init__", "main", "terminal", "workspace"}
    files = {path.stem for path in (ROOT / "factory/cli").glob("*.py")} - frame
    with_command = {stem for stem in files if "command" in (ROOT / f"factory/cli/{stem}.py").read_text()}
    assert {name.replace("-", "_") for name in COMMANDS} <= with_command
