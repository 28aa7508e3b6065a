"""House rule E9707: containers write a log."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

TASK = "AWS::ECS::TaskDefinition"


def task(*containers: Any, **more: Any) -> dict[str, Any]:
    return resource(TASK, ContainerDefinitions=list(containers), **more)


LOG = {"LogDriver": "awslogs", "Options": {"awslogs-group": {"Ref": "Logs"}}}


@pytest.mark.parametrize(
    "good",
    [
        task({"Name": "app", "LogConfiguration": LOG}),
        task({"Name": "app", "LogConfiguration": {"LogDriver": "awsfirelens"}}),
        resource("AWS::Batch::JobDefinition", ContainerProperties={"Image": "x"}),
    ],
)
def test_a_log_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9707", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (task({"Name": "app"}), "the output of container app is lost"),
        (task({"Name": "app", "LogConfiguration": {"LogDriver": "json-file"}}), "is lost"),
        (task({"Name": "app", "LogConfiguration": {"LogDriver": "awslogs"}}), "names no log group"),
        (
            task({"Name": "app", "LogConfiguration": {"Fn::If": ["IsWanted", LOG, NOTHING]}}),
            "is lost when Wanted=false",
        ),
        (task({"Name": "a", "LogConfiguration": LOG}, {"Name": "sidecar"}), "container sidecar is lost"),
        (
            resource("AWS::Batch::JobDefinition", ContainerProperties={"LogConfiguration": {"LogDriver": "none"}}),
            "is lost",
        ),
    ],
)
def test_none_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9707", bad, **IF_WANTED)
    assert message in found
