"""Products."""

from __future__ import annotations

from typing import Any

import pytest


def test_a_product_lives(scene: Any) -> None:
    product_id, version_id = scene.product(
        Description="A topic", SupportUrl="https://example.com", Tags=[{"Key": "a", "Value": "1"}]
    )

    described = scene.sc.describe_product_as_admin(Id=product_id)
    detail = described["ProductViewDetail"]
    assert detail["Status"] == "CREATED"
    assert detail["ProductARN"] == f"arn:aws:catalog:us-east-1:{scene.hub}:product/{product_id}"
    assert detail["ProductViewSummary"]["Id"].startswith("prodview-")
    assert [version["Id"] for version in described["ProvisioningArtifactSummaries"]] == [version_id]
    assert described["Tags"] == [{"Key": "a", "Value": "1"}]

    scene.sc.update_product(Id=product_id, Name="renamed", RemoveTags=["a"])
    described = scene.sc.describe_product_as_admin(Name="renamed")
    assert described["ProductViewDetail"]["ProductViewSummary"]["ShortDescription"] == "A topic"
    assert described["Tags"] == []

    scene.sc.delete_product(Id=product_id)
    scene.refused("ResourceNotFoundException", scene.sc.describe_product_as_admin, Id=product_id)
    scene.refused(
        "ResourceNotFoundException", scene.sc.describe_provisioning_artifact, ProvisioningArtifactId=version_id
    )


def test_a_product_is_described_by_id_or_unambiguous_name(scene: Any) -> None:
    product_id, _ = scene.product("twin")
    scene.product("twin")
    describe = scene.sc.describe_product_as_admin

    assert describe(Id=product_id)
    scene.refused("InvalidParametersException", describe, Name="twin")
    scene.refused("InvalidParametersException", describe)
    scene.refused("InvalidParametersException", describe, Id=product_id, Name="twin")
    scene.refused("ResourceNotFoundException", describe, Name="none")


def test_an_administrator_describes_what_only_end_users_may_not_see(scene: Any) -> None:
    product_id, _ = scene.product()

    assert scene.sc.describe_product_as_admin(Id=product_id)
    scene.refused("ResourceNotFoundException", scene.sc.describe_product, Id=product_id)


@pytest.mark.parametrize(
    "given",
    [
        {"ProductType": "EXTERNAL"},
        {"SupportUrl": "example.com"},
        {"ProvisioningArtifactParameters": {"Name": "1", "Info": {"LoadTemplateFromURL": "x"}}},
        {"ProvisioningArtifactParameters": {"Name": "1"}},
        {"Tags": [{"Key": "aws:a", "Value": "1"}]},
    ],
)
def test_a_wrong_product_is_refused_and_leaves_nothing(scene: Any, given: dict[str, Any]) -> None:
    right = {
        "Name": "x",
        "Owner": "me",
        "ProductType": "CLOUD_FORMATION_TEMPLATE",
        "ProvisioningArtifactParameters": scene.version_properties(),
    }

    scene.refused("InvalidParametersException", scene.sc.create_product, **(right | given))

    assert scene.sc.search_products_as_admin()["ProductViewDetails"] == []


def test_a_product_without_a_version_is_refused(scene: Any) -> None:
    scene.refused(
        "InvalidParametersException",
        scene.sc.create_product,
        Name="x",
        Owner="me",
        ProductType="CLOUD_FORMATION_TEMPLATE",
    )


def test_a_shared_product_cannot_be_changed(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.shared(portfolio_id)
    spoke, ids = scene.spoke_sc, {"ProductId": product_id, "ProvisioningArtifactId": version_id}

    assert spoke.describe_product_as_admin(Id=product_id)
    assert spoke.list_provisioning_artifacts(ProductId=product_id)["ProvisioningArtifactDetails"]
    scene.refused("ResourceNotFoundException", spoke.update_product, Id=product_id, Name="mine")
    scene.refused("ResourceNotFoundException", spoke.delete_product, Id=product_id)
    scene.refused("ResourceNotFoundException", spoke.update_provisioning_artifact, Active=False, **ids)
    scene.refused("ResourceNotFoundException", spoke.delete_provisioning_artifact, **ids)
    scene.refused("ResourceNotFoundException", spoke.update_portfolio, Id=portfolio_id, DisplayName="mine")
    scene.refused("ResourceNotFoundException", spoke.delete_portfolio, Id=portfolio_id)
