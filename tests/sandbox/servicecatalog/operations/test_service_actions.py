"""Service actions."""

from __future__ import annotations

import json
from typing import Any

import pytest

RESTART = {
    "Name": "AWS-RestartEC2Instance",
    "Version": "1",
    "AssumeRole": "LAUNCH_ROLE",
    "Parameters": json.dumps([{"Name": "InstanceId", "Type": "TARGET"}]),
}


def create(scene: Any, name: str = "restart", **given: Any) -> str:
    made = scene.sc.create_service_action(
        Name=name, DefinitionType="SSM_AUTOMATION", **({"Definition": RESTART} | given)
    )
    return str(made["ServiceActionDetail"]["ServiceActionSummary"]["Id"])


def test_a_service_action_is_made_described_changed_and_deleted(scene: Any) -> None:
    identifier = create(scene, Description="Restarts")
    detail = scene.sc.describe_service_action(Id=identifier)["ServiceActionDetail"]
    assert detail == {
        "ServiceActionSummary": {
            "Id": identifier,
            "Name": "restart",
            "Description": "Restarts",
            "DefinitionType": "SSM_AUTOMATION",
        },
        "Definition": RESTART,
    }
    assert identifier.startswith("act-")

    scene.sc.update_service_action(Id=identifier, Name="other", Definition={"Name": "AWS-StopEC2Instance"})

    detail = scene.sc.describe_service_action(Id=identifier)["ServiceActionDetail"]
    assert (detail["ServiceActionSummary"]["Name"], detail["Definition"]) == ("other", {"Name": "AWS-StopEC2Instance"})
    assert detail["ServiceActionSummary"]["Description"] == "Restarts"
    scene.sc.delete_service_action(Id=identifier)
    scene.refused("ResourceNotFoundException", scene.sc.describe_service_action, Id=identifier)


def test_names_are_not_unique_and_accounts_are_apart(scene: Any) -> None:
    identifiers = [create(scene), create(scene)]

    listed = scene.sc.list_service_actions()["ServiceActionSummaries"]

    assert [action["Id"] for action in listed] == identifiers
    assert scene.spoke_sc.list_service_actions()["ServiceActionSummaries"] == []
    scene.refused("ResourceNotFoundException", scene.spoke_sc.describe_service_action, Id=identifiers[0])


@pytest.mark.parametrize(
    "change",
    [
        {"AssumeRole": "someone"},
        {"Parameters": "{"},
        {"Parameters": "{}"},
        {"Parameters": '["InstanceId"]'},
        {"Parameters": '[{"Name": "InstanceId"}]'},
        {"Parameters": '[{"Name": "%s", "Type": "TARGET"}]' % ("n" * 51)},
        {"Parameters": '[{"Name": "A", "Type": "TARGET"}, {"Name": "A", "Type": "TARGET"}]'},
    ],
)
def test_a_wrong_definition_is_refused(scene: Any, change: dict[str, str]) -> None:
    given = {"Name": "restart", "DefinitionType": "SSM_AUTOMATION", "Definition": RESTART | change}

    scene.refused("InvalidParametersException", scene.sc.create_service_action, **given)
    identifier = create(scene)
    scene.refused(
        "InvalidParametersException", scene.sc.update_service_action, Id=identifier, Definition=RESTART | change
    )
    assert scene.sc.describe_service_action(Id=identifier)["ServiceActionDetail"]["Definition"] == RESTART


def test_a_definition_names_a_document(scene: Any) -> None:
    given = {"Name": "restart", "DefinitionType": "SSM_AUTOMATION", "Definition": {"Version": "1"}}

    scene.refused("InvalidParametersException", scene.sc.create_service_action, **given)


def test_an_account_has_200_service_actions_in_a_region(scene: Any) -> None:
    for _ in range(200):
        create(scene)

    given = {"Name": "restart", "DefinitionType": "SSM_AUTOMATION", "Definition": RESTART}
    scene.refused("LimitExceededException", scene.sc.create_service_action, **given)
