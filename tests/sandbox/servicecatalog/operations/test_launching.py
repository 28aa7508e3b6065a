"""What a launch, an update or a termination refuses at once."""

from __future__ import annotations

from typing import Any

import pytest


def test_a_repeated_token_is_the_same_launch(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    given = {
        "ProductId": product_id,
        "ProvisioningArtifactId": version_id,
        "ProvisionedProductName": "mine",
        "ProvisionToken": "same",
    }
    first = scene.sc.provision_product(**given)["RecordDetail"]

    assert scene.sc.provision_product(**given)["RecordDetail"] == first
    assert len(scene.sc.list_record_history()["RecordDetails"]) == 1


def test_a_name_is_free_again_only_when_its_product_is_gone(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")
    given = {"ProductId": product_id, "ProvisioningArtifactId": version_id, "ProvisionedProductName": "mine"}

    message = scene.refused("InvalidParametersException", scene.sc.provision_product, **given)

    assert message == "A stack named mine already exists."


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ProductId": "prod-none"}, "ResourceNotFoundException"),
        ({"ProvisioningArtifactId": "pa-none"}, "ResourceNotFoundException"),
        ({"PathId": "lpv3-none"}, "InvalidParametersException"),
        ({"ProvisioningParameters": [{"Key": "a"}, {"Key": "a"}]}, "InvalidParametersException"),
        ({"ProvisioningParameters": [{"Value": "a"}]}, "InvalidParametersException"),
        ({"ProvisioningPreferences": {"StackSetRegions": ["eu-west-1"]}}, "InvalidParametersException"),
        ({"ProvisionedProductName": "-"}, "ValidationException"),
    ],
)
def test_a_wrong_launch_is_refused_and_leaves_no_record(scene: Any, given: dict[str, Any], code: str) -> None:
    _, product_id, version_id = scene.placed()
    right = {"ProductId": product_id, "ProvisioningArtifactId": version_id, "ProvisionedProductName": "mine"}

    scene.refused(code, scene.sc.provision_product, **(right | given))

    assert scene.sc.list_record_history()["RecordDetails"] == []
    assert scene.sc.scan_provisioned_products()["ProvisionedProducts"] == []


def test_a_role_launches_what_it_was_given_and_nothing_else(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    role = scene.role(scene.hub, "developer")
    client = scene.as_role("servicecatalog", role)
    given = {"ProductId": product_id, "ProvisioningArtifactId": version_id, "ProvisionedProductName": "mine"}
    message = scene.refused("ResourceNotFoundException", client.provision_product, **given)
    assert message == f"No launch paths found for resource: {product_id}"

    scene.sc.associate_principal_with_portfolio(PortfolioId=portfolio_id, PrincipalARN=role, PrincipalType="IAM")
    scene.launch(product_id, version_id, "mine", client)

    (found,) = client.search_provisioned_products()["ProvisionedProducts"]
    assert (found["UserArn"], found["UserArnSession"]) == (
        role,
        f"arn:aws:sts::{scene.hub}:assumed-role/developer/someone",
    )


def test_an_update_goes_by_the_path_of_the_launch_while_that_exists(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine")
    second, third = (scene.portfolio(name) for name in ("Second", "Third"))
    for portfolio in (second, third):
        scene.sc.associate_product_with_portfolio(ProductId=product_id, PortfolioId=portfolio)

    answer = scene.settled(scene.sc.update_provisioned_product(ProvisionedProductName="mine"))
    assert answer["RecordDetail"]["Status"] == "SUCCEEDED"
    old = answer["RecordDetail"]["PathId"]
    scene.sc.disassociate_product_from_portfolio(ProductId=product_id, PortfolioId=portfolio_id)

    update = scene.sc.update_provisioned_product
    scene.refused("InvalidParametersException", update, ProvisionedProductName="mine", PathId=old)
    scene.refused("InvalidParametersException", update, ProvisionedProductName="mine")
    answer = scene.settled(update(ProvisionedProductName="mine", PathName="Third"))
    assert answer["RecordDetail"]["PathId"] != old


@pytest.mark.parametrize("operation", ["update_provisioned_product", "terminate_provisioned_product"])
def test_what_is_not_launched_cannot_be_changed(scene: Any, operation: str) -> None:
    call = getattr(scene.sc, operation)

    scene.refused("ResourceNotFoundException", call, ProvisionedProductName="none")
    scene.refused("ResourceNotFoundException", call, ProvisionedProductId="pp-none")


def test_what_has_no_stack_cannot_be_updated_but_terminated(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "mine", ProvisioningParameters=[{"Key": "Size", "Value": "huge"}])

    scene.refused("InvalidParametersException", scene.sc.update_provisioned_product, ProvisionedProductName="mine")
    ended = scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductName="mine"))
    assert ended["RecordDetail"]["Status"] == "SUCCEEDED"
