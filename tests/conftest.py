"""What all tests share: the synthesized products, and the switch that accepts new golden templates."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from tempfile import mkdtemp

import pytest

from factory.authoring import Product
from factory.synthesis.artifact import Artifact, synthesize
from factory.synthesis.discovery import discover

ROOT = Path(__file__).parent.parent
GATES = "TESTS_GATES"
"""Names the directory in which the projects of one run, in whichever process, remember what the gates said."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="Write the golden templates instead of comparing them.")


def pytest_configure(config: pytest.Config) -> None:
    # The processes that the tests are spread over have the environment of the one that starts them.
    if GATES not in os.environ:
        os.environ[GATES] = mkdtemp(prefix="factory-gates-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(GATES), ignore_errors=True))


def shipped() -> dict[str, type[Product]]:
    """Every product of this repository by name."""
    return discover(ROOT)


@pytest.fixture(scope="session")
def artifacts() -> dict[str, Artifact]:
    """Every product of this repository, synthesized."""
    return {name: synthesize(product) for name, product in shipped().items()}
