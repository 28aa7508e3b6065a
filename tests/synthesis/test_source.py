"""The one line of a product's source that a release changes."""

from __future__ import annotations

import pytest

from factory.authoring import Product, Stack
from factory.catalog.model import VersionName
from factory.errors import AuthoringError
from factory.synthesis.artifact import at_version, synthesize
from factory.synthesis.source import file_of, with_version


class Sample(Product):
    """A product."""

    name = "sample"
    version = "1.0.0"

    def build(self, stack: Stack) -> None:
        stack.output("Name", self.name, "Its name.")


NEW = VersionName("1.1.0")


@pytest.mark.parametrize(
    "line",
    [
        '    version = "{}"  # as published',
        "    version: ClassVar[str] = '{}'",
        '    name = "sämple"; version = "{}"',
    ],
)
def test_the_version_alone_changes(line: str) -> None:
    other = 'class Other(Product):\r\n    version = "1.0.0"\r\n\r\n'
    source = f'{other}class Sample(Product):\r\n    """Since 1.0.0."""\r\n{line}\r\n'
    changed = with_version(source.format("1.0.0").encode(), Sample, NEW)
    assert changed.decode() == source.format("1.1.0")


@pytest.mark.parametrize("line", ["version = _VERSION", "version = '2.0.0'", "pass"])
def test_a_version_that_is_not_written_there_is_refused(line: str) -> None:
    with pytest.raises(AuthoringError, match="class Sample does not write its version"):
        with_version(f"class Sample(Product):\n    {line}\n".encode(), Sample, NEW)


def test_a_product_is_defined_in_its_file() -> None:
    assert file_of(Sample).name == "test_source.py"


def test_a_product_at_another_version_differs_in_its_mark_alone() -> None:
    assert synthesize(at_version(Sample, NEW)).version == NEW
    assert synthesize(at_version(Sample, NEW)).body == synthesize(Sample).body
    assert Sample.version == "1.0.0"
