"""Where products come from: shipped ones, and a project's own beside them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from factory.errors import AuthoringError
from factory.synthesis.artifact import synthesize
from factory.synthesis.discovery import discover
from tests.conftest import ROOT

OWN = dedent('''
    from factory.authoring import Product

    class {cls}(Product):
        """One's own."""
        name = "{name}"
        version = "1.0.0"
''')


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "products").mkdir()
    yield tmp_path
    discover(ROOT)


def test_own_products_stand_beside_the_shipped_ones(project: Path) -> None:
    (project / "products/own.py").write_text(OWN.format(cls="Own", name="own"))
    found = discover(project)
    assert "own" in found
    assert set(found) - {"own"} == set(discover(ROOT))


def test_an_own_module_takes_the_place_of_a_shipped_one(project: Path) -> None:
    (project / "products/foundation.py").write_text(OWN.format(cls="Mine", name="foundation"))
    assert discover(project)["foundation"].__name__ == "Mine"
    assert discover(ROOT)["foundation"].__name__ == "Foundation"


def test_a_name_used_twice_is_refused(project: Path) -> None:
    (project / "products/another.py").write_text(OWN.format(cls="Another", name="foundation"))
    with pytest.raises(AuthoringError, match=r"foundation: defined in both products\.another and products\.foundation"):
        discover(project)


def test_a_module_that_fails_is_named(project: Path) -> None:
    broken = project / "products/broken.py"
    broken.write_text("\nimport nothing_of_that_name")
    with pytest.raises(AuthoringError, match=r"products\.broken: cannot be imported: ModuleNotFoundError") as refused:
        discover(project)
    assert refused.value.message.splitlines()[1:] == [
        f'  File "{broken}", line 2, in <module>',
        "    import nothing_of_that_name",
    ]


def test_a_product_that_cannot_be_built_is_told_with_the_place_in_its_code(project: Path) -> None:
    broken = project / "products/broken.py"
    build = "def build(self, stack):\n        Queue('Queue', Size=1)\n"
    broken.write_text(f"from troposphere.sqs import Queue\n{OWN.format(cls='Broken', name='broken')}\n    {build}")
    with pytest.raises(AuthoringError) as refused:
        synthesize(discover(project)["broken"])
    first, place, code, *_ = refused.value.message.splitlines()
    assert first.startswith("product broken: it cannot be built: AttributeError: AWS::SQS::Queue object does not supp")
    assert place.startswith(f'  File "{broken}", line ')
    assert code == "    Queue('Queue', Size=1)"
