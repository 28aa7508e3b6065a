"""What holds for every product, found by discovery: golden template, gates, and a repeatable synthesis."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

from factory.gates.finding import refusing
from factory.gates.inspection import Memory, inspect
from factory.synthesis.artifact import Artifact, synthesize
from tests.conftest import GATES, ROOT, shipped

GOLDEN = ROOT / "tests/golden"
# Those of the shipped environments: what the gates say of these is found out once in a run.
REGIONS = ("us-east-1", "us-west-2")
OTHER_REGION = "eu-west-1"

every_product = pytest.mark.parametrize("name", list(shipped()))


@every_product
def test_template_is_the_accepted_one(
    name: str, artifacts: dict[str, Artifact], request: pytest.FixtureRequest
) -> None:
    path = GOLDEN / f"{name}.template.json"
    if request.config.getoption("--accept"):
        path.write_bytes(artifacts[name].body)
    assert path.read_bytes() == artifacts[name].body, f"{name} changed; review it, then pytest {__file__} --accept"


@every_product
def test_gates_have_nothing_to_say(name: str, artifacts: dict[str, Artifact]) -> None:
    # Today's date, since an exception that is due for its review refuses the product.
    today = datetime.now(UTC).date()
    memory = Memory(directory=Path(os.environ[GATES]))
    found = inspect([artifacts[name]], catalog=artifacts.values(), regions=REGIONS, today=today, memory=memory)
    assert refusing(found) == []


@every_product
def test_types_exist_in_another_region(name: str, artifacts: dict[str, Artifact]) -> None:
    types = {body["Type"] for body in artifacts[name].template["Resources"].values()}
    known = set(PROVIDER_SCHEMA_MANAGER.get_resource_types(OTHER_REGION))
    assert {kind for kind in types if not kind.startswith("Custom::")} <= known


@every_product
def test_synthesis_repeats_itself(name: str, artifacts: dict[str, Artifact]) -> None:
    again = synthesize(shipped()[name])
    assert (again.body, again.assets) == (artifacts[name].body, artifacts[name].assets)


def test_no_golden_template_is_left_over() -> None:
    assert {path.name.removesuffix(".template.json") for path in GOLDEN.glob("*.json")} == set(shipped())


def test_synthesis_does_not_depend_on_the_process(tmp_path: Path) -> None:
    """Another hash seed, another directory: the same bytes."""
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-m", "factory.cli.main", "--project", str(ROOT), "synth", "-o", str(tmp_path / seed)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )
    first, second = (sorted((tmp_path / seed).rglob("*.*")) for seed in ("1", "2"))
    assert [path.name for path in first] == [path.name for path in second]
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert len(first) >= len(shipped())
