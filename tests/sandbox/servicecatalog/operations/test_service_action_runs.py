"""Service actions run on launches."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.servicecatalog.operations.test_service_action_uses import on
from tests.sandbox.servicecatalog.operations.test_service_actions import create


@pytest.fixture
def given(scene: Any) -> dict[str, str]:
    """A launch in the spoke, and a service action that its version has from the hub."""
    portfolio_id, product_id, version_id = scene.placed()
    scene.shared(portfolio_id)
    action = create(scene)
    scene.sc.associate_service_action_with_provisioning_artifact(**on(product_id, version_id, action))
    record = scene.launch(product_id, version_id, "mine", scene.spoke_sc)["RecordDetail"]
    return {"ProvisionedProductId": record["ProvisionedProductId"], "ServiceActionId": action}


def test_the_parameters_of_a_run_are_those_of_the_definition(scene: Any, given: dict[str, str]) -> None:
    answer = scene.spoke_sc.describe_service_action_execution_parameters(**given)

    assert answer["ServiceActionParameters"] == [{"Name": "InstanceId", "Type": "TARGET", "DefaultValues": []}]


def test_a_run_fails_its_record_and_leaves_the_launch_as_it_is(scene: Any, given: dict[str, str]) -> None:
    before = scene.spoke_sc.describe_provisioned_product(Name="mine")["ProvisionedProductDetail"]

    run = scene.spoke_sc.execute_provisioned_product_service_action(**given, Parameters={"InstanceId": ["i-1"]})

    record = scene.settled(run, scene.spoke_sc)["RecordDetail"]
    assert record["Status"] == "FAILED"
    assert "AWS-RestartEC2Instance" in record["RecordErrors"][0]["Description"]
    after = scene.spoke_sc.describe_provisioned_product(Name="mine")["ProvisionedProductDetail"]
    assert after == before | {"LastRecordId": record["RecordId"]}


def test_a_wrong_run_is_refused(scene: Any, given: dict[str, str]) -> None:
    run = scene.spoke_sc.execute_provisioned_product_service_action

    scene.refused("InvalidParametersException", run, **given, Parameters={"Colour": ["red"]})
    scene.refused("ResourceNotFoundException", run, **(given | {"ServiceActionId": create(scene)}))
    scene.refused("ResourceNotFoundException", run, **(given | {"ProvisionedProductId": "pp-none"}))
    scene.refused("ResourceNotFoundException", scene.sc.execute_provisioned_product_service_action, **given)
    assert len(scene.spoke_sc.list_record_history()["RecordDetails"]) == 1


def test_nothing_is_run_on_a_launch_in_error(scene: Any) -> None:
    _, product_id, version_id = scene.placed(template=scene.broken)
    action = create(scene)
    scene.sc.associate_service_action_with_provisioning_artifact(**on(product_id, version_id, action))
    record = scene.launch(product_id, version_id, "mine")["RecordDetail"]

    scene.refused(
        "InvalidStateException",
        scene.sc.execute_provisioned_product_service_action,
        ProvisionedProductId=record["ProvisionedProductId"],
        ServiceActionId=action,
    )
