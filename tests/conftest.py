"""What all tests share: the synthesized products, and the switch that accepts new golden templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from factory.authoring import Product
from factory.synthesis.artifact import Artifact, synthesize
from factory.synthesis.discovery import discover

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="Write the golden templates instead of comparing them.")


def shipped() -> dict[str, type[Product]]:
    """Every product of this repository by name."""
    return discover(ROOT)


@pytest.fixture(scope="session")
def artifacts() -> dict[str, Artifact]:
    """Every product of this repository, synthesized."""
    return {name: synthesize(product) for name, product in shipped().items()}
