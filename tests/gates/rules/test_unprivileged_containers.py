"""House rule E9701: containers have no privileges."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

TASK = "AWS::ECS::TaskDefinition"


def task(*containers: Any, **more: Any) -> dict[str, Any]:
    return resource(TASK, ContainerDefinitions=list(containers), **more)


SAFE: dict[str, Any] = {"Name": "app", "User": "1000", "LinuxParameters": {"Capabilities": {"Drop": ["ALL"]}}}


def linux(**more: Any) -> dict[str, Any]:
    return {**SAFE, "LinuxParameters": {"Capabilities": {"Drop": ["ALL"]}, **more}}


@pytest.mark.parametrize(
    "good",
    [
        task(SAFE),
        task({**SAFE, "User": 1000, "Privileged": False}),
        task({**SAFE, "User": "node:node"}),
        task(SAFE, {"Fn::If": ["IsWanted", SAFE, NOTHING]}),
        resource("AWS::Batch::JobDefinition", ContainerProperties={"User": "1000"}),
    ],
)
def test_an_unprivileged_one_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9701", good, **IF_WANTED) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (task({**SAFE, "User": NOTHING}), "container app runs as root"),
        (task({**SAFE, "User": "root"}), "runs as root"),
        (task({**SAFE, "User": "0:0"}), "runs as root"),
        (task({**SAFE, "User": "00"}), "runs as root"),
        (
            task({**SAFE, "User": {"Fn::If": ["IsWanted", "1000", "0"]}}),
            "runs as root, or as whom its image says when Wanted",
        ),
        (task({**SAFE, "Privileged": True}), "is privileged"),
        (task({**SAFE, "Privileged": "true"}), "is privileged"),
        (task({**SAFE, "LinuxParameters": {}}), "keeps capabilities"),
        (task(linux(Capabilities={"Drop": ["NET_RAW"]})), "keeps capabilities"),
        (task(linux(Capabilities={"Drop": ["ALL"], "Add": ["SYS_ADMIN"]})), "adds capabilities"),
        (task(linux(Devices=[{"HostPath": "/dev/kvm"}])), "reaches devices"),
        (task(SAFE, {**SAFE, "Name": "sidecar", "User": "root"}), "container sidecar runs as root"),
        (task(SAFE, {**SAFE, "User": "0", "FirelensConfiguration": {"Type": "fluentbit"}}), "runs as root"),
        (resource("AWS::Batch::JobDefinition", ContainerProperties={"Image": "x"}), "runs as root"),
    ],
)
def test_a_privileged_one_is_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9701", bad, **IF_WANTED)
    assert message in found


@pytest.mark.parametrize(("pattern", "findings"), [(r"[1-9]\d*", 0), (r"\d+", 1), (r"[a-z]+", 1), ("", 1)])
def test_a_user_that_is_asked_for_is_not_root(pattern: str, findings: int) -> None:
    given = task({**SAFE, "User": {"Ref": "User"}})
    assert len(ask("E9701", given, Parameters={"User": {"Type": "String", "AllowedPattern": pattern}})) == findings
