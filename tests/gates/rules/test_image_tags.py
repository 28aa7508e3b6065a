"""House rule E9709: images are named by what is in them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource

TASK = "AWS::ECS::TaskDefinition"


def task(image: Any) -> dict[str, Any]:
    return resource(TASK, ContainerDefinitions=[{"Image": image}])


@pytest.mark.parametrize(
    "good",
    [
        task("nginx:1.27"),
        task("nginx@sha256:0123"),
        task("nginx:latest@sha256:0123"),
        task({"Fn::Sub": "${Repository}:${Version}"}),
        task({"Fn::GetAtt": ["Repository", "RepositoryUri"]}),
        task("localhost:5000/orders:1.4.0"),
    ],
)
def test_a_version_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9709", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (task("nginx"), "ContainerDefinitions.*.Image of It is nginx"),
        (task("nginx:latest"), "is nginx:latest"),
        (task("localhost:5000/orders"), "is localhost:5000/orders"),
        (
            task({"Fn::Sub": "${AWS::AccountId}.dkr.ecr.eu-west-1.amazonaws.com/orders:latest"}),
            "orders:latest, whatever",
        ),
        (task({"Fn::If": ["IsWanted", "nginx:1.27", "nginx:latest"]}), "when Wanted=false"),
        (resource("AWS::Lambda::Function", Code={"ImageUri": "orders:latest"}), "Code.ImageUri of It"),
    ],
)
def test_the_latest_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9709", bad, **IF_WANTED)
    assert message in found
