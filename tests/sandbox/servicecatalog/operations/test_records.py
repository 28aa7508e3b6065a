"""Requests on provisioned products."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def launched(scene: Any) -> dict[str, Any]:
    """A launch by the administrator and one by a role, each with its record."""
    portfolio_id, product_id, version_id = scene.placed()
    role = scene.role(scene.hub, "developer")
    scene.sc.associate_principal_with_portfolio(PortfolioId=portfolio_id, PrincipalARN=role, PrincipalType="IAM")
    one, two = (scene.as_role("servicecatalog", role, session) for session in ("one", "two"))
    return {
        "product": product_id,
        "admin": scene.launch(product_id, version_id, "by-admin")["RecordDetail"],
        "one": scene.launch(product_id, version_id, "by-one", one)["RecordDetail"],
        "clients": (one, two),
    }


def listed(client: Any, **given: Any) -> list[str]:
    return [record["ProvisionedProductName"] for record in client.list_record_history(**given)["RecordDetails"]]


def test_history_is_filtered_by_level_and_subject_newest_first(scene: Any, launched: dict[str, Any]) -> None:
    one, two = launched["clients"]
    every, of_role = ({"AccessLevelFilter": {"Key": key, "Value": "self"}} for key in ("Account", "Role"))

    assert listed(scene.sc) == ["by-admin"]
    assert listed(scene.sc, **every) == ["by-one", "by-admin"]
    assert (listed(one), listed(two)) == (["by-one"], [])
    assert listed(two, **of_role) == ["by-one"]
    by_product = {"Key": "product", "Value": launched["product"]}
    assert len(listed(scene.sc, SearchFilter=by_product, **every)) == 2
    by_launch = {"Key": "provisionedproduct", "Value": launched["one"]["ProvisionedProductId"]}
    assert listed(scene.sc, SearchFilter=by_launch, **every) == ["by-one"]


@pytest.mark.parametrize(
    "given",
    [
        {"SearchFilter": {"Key": "colour", "Value": "red"}},
        {"AccessLevelFilter": {"Key": "User", "Value": "other"}},
        {"PageToken": "none"},
    ],
)
@pytest.mark.usefixtures("launched")
def test_a_wrong_filter_is_refused(scene: Any, given: dict[str, Any]) -> None:
    scene.refused("InvalidParametersException", scene.sc.list_record_history, **given)


def test_a_record_belongs_to_its_account(scene: Any, launched: dict[str, Any]) -> None:
    identifier = launched["admin"]["RecordId"]

    assert scene.sc.describe_record(Id=identifier)["RecordDetail"] == launched["admin"]
    scene.refused("ResourceNotFoundException", scene.spoke_sc.describe_record, Id=identifier)


def test_outputs_come_in_pages(scene: Any, launched: dict[str, Any]) -> None:
    identifier = launched["admin"]["RecordId"]
    first = scene.sc.describe_record(Id=identifier, PageSize=1)
    second = scene.sc.describe_record(Id=identifier, PageSize=1, PageToken=first["NextPageToken"])

    outputs = first["RecordOutputs"] + second["RecordOutputs"]
    assert [output["OutputKey"] for output in outputs] == ["CloudformationStackARN", "TopicArn"]
    assert "NextPageToken" not in second
    scene.refused("ValidationException", scene.sc.describe_record, Id=identifier, PageToken="none")
