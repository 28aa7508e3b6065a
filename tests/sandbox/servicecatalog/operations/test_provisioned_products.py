"""Launched products."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def launched(scene: Any) -> tuple[str, str]:
    """Two launches, `web` and `web-large`; product and version id."""
    _, product_id, version_id = scene.placed()
    for name in ("web", "web-large"):
        scene.launch(product_id, version_id, name)
    return product_id, version_id


def found(scene: Any, *queries: str, **given: Any) -> list[str]:
    filters = {"Filters": {"SearchQuery": list(queries)}} if queries else {}
    return [item["Name"] for item in scene.sc.search_provisioned_products(**filters, **given)["ProvisionedProducts"]]


def test_a_search_matches_substrings_of_one_field_or_of_any(scene: Any, launched: tuple[str, str]) -> None:
    both = ["web", "web-large"]

    assert found(scene) == both
    assert found(scene, "name:web") == both
    assert found(scene, "name:web-l") == ["web-large"]
    assert found(scene, "status:AVAILABLE") == both
    assert found(scene, "status:ERROR") == []
    assert found(scene, f"productId:{launched[0]}", "name:large") == ["web-large"]
    assert found(scene, launched[1]) == both
    assert found(scene, "productName:topic") == both
    assert found(scene, f"arn:aws:servicecatalog:us-east-1:{scene.hub}:stack/web-large") == ["web-large"]
    assert found(scene, "nothing") == []


@pytest.mark.usefixtures("launched")
def test_a_search_is_sorted_counted_and_paged(scene: Any) -> None:
    assert found(scene, SortBy="name", SortOrder="DESCENDING") == ["web-large", "web"]
    first = scene.sc.search_provisioned_products(PageSize=1)
    assert (first["TotalResultsCount"], len(first["ProvisionedProducts"])) == (2, 1)
    scene.refused("InvalidParametersException", scene.sc.search_provisioned_products, SortBy="colour")


@pytest.mark.usefixtures("launched")
def test_a_product_is_described_by_id_name_or_arn(scene: Any) -> None:
    describe = scene.sc.describe_provisioned_product
    detail = describe(Name="web")["ProvisionedProductDetail"]

    assert describe(Id=detail["Id"])["ProvisionedProductDetail"] == detail
    assert detail["Arn"] == f"arn:aws:servicecatalog:us-east-1:{scene.hub}:stack/web/{detail['Id']}"
    assert detail["LastRecordId"] == detail["LastSuccessfulProvisioningRecordId"]
    update = scene.sc.update_provisioned_product(ProvisionedProductName=detail["Arn"])
    assert scene.settled(update)["RecordDetail"]["ProvisionedProductId"] == detail["Id"]
    scene.refused("InvalidParametersException", describe)
    scene.refused("InvalidParametersException", describe, Id=detail["Id"], Name="web")
    scene.refused("ResourceNotFoundException", describe, Name="none")
    scene.refused("ResourceNotFoundException", scene.spoke_sc.describe_provisioned_product, Name="web")


@pytest.mark.usefixtures("launched")
def test_outputs_are_asked_for_by_key(scene: Any) -> None:
    outputs = scene.sc.get_provisioned_product_outputs

    assert len(outputs(ProvisionedProductName="web")["Outputs"]) == 2
    chosen = outputs(ProvisionedProductName="web", OutputKeys=["TopicArn"])["Outputs"]
    assert [output["OutputKey"] for output in chosen] == ["TopicArn"]
    scene.refused("InvalidParametersException", outputs, ProvisionedProductName="web", OutputKeys=["None"])


@pytest.mark.usefixtures("launched")
def test_the_owner_can_be_changed(scene: Any) -> None:
    identifier = scene.sc.describe_provisioned_product(Name="web")["ProvisionedProductDetail"]["Id"]
    role = scene.role(scene.hub, "developer")
    owner = f"arn:aws:sts::{scene.hub}:assumed-role/developer/someone"

    changed = scene.sc.update_provisioned_product_properties(
        ProvisionedProductId=identifier, ProvisionedProductProperties={"OWNER": owner}
    )

    assert changed["Status"] == "SUCCEEDED"
    mine = scene.as_role("servicecatalog", role).scan_provisioned_products()["ProvisionedProducts"]
    assert [item["Name"] for item in mine] == ["web"]
    listed = scene.sc.scan_provisioned_products()["ProvisionedProducts"]
    assert [item["Name"] for item in listed] == ["web-large"]
    assert (
        scene.sc.describe_provisioned_product(Id=identifier)["ProvisionedProductDetail"]["LastRecordId"]
        == changed["RecordId"]
    )


@pytest.mark.usefixtures("launched")
def test_the_launch_role_can_be_changed_and_terminates(scene: Any) -> None:
    identifier = scene.sc.describe_provisioned_product(Name="web")["ProvisionedProductDetail"]["Id"]
    role = scene.role(scene.hub, "closer")

    scene.sc.update_provisioned_product_properties(
        ProvisionedProductId=identifier, ProvisionedProductProperties={"LAUNCH_ROLE": role}
    )

    ended = scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductId=identifier))
    assert (ended["RecordDetail"]["Status"], ended["RecordDetail"]["LaunchRoleArn"]) == ("SUCCEEDED", role)


@pytest.mark.parametrize(
    "properties",
    [
        {"OWNER": "someone"},
        {"OWNER": "arn:aws:iam::999999999999:user/someone"},
        {"LAUNCH_ROLE": "arn:aws:iam::999999999999:role/closer"},
        {"LAUNCH_ROLE": "arn:aws:iam::{hub}:role/none"},
        {"LAUNCH_ROLE": "arn:aws:iam::{hub}:user/someone"},
    ],
)
@pytest.mark.usefixtures("launched")
def test_wrong_properties_are_refused(scene: Any, properties: dict[str, str]) -> None:
    identifier = scene.sc.describe_provisioned_product(Name="web")["ProvisionedProductDetail"]["Id"]

    scene.refused(
        "InvalidParametersException",
        scene.sc.update_provisioned_product_properties,
        ProvisionedProductId=identifier,
        ProvisionedProductProperties={key: value.format(hub=scene.hub) for key, value in properties.items()},
    )
