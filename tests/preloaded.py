"""What commands import, for the process that they are forked from."""

from __future__ import annotations

import importlib

import cfnlint.schema  # noqa: F401 - imported by the factory where it is first asked

from factory.cli.main import COMMANDS
from factory.synthesis.artifact import synthesize
from tests.conftest import shipped

for _name in COMMANDS:
    importlib.import_module(f"factory.cli.{_name.replace('-', '_')}")

# Reads the schemas of the resource types that the products have.
for _product in shipped().values():
    synthesize(_product)
