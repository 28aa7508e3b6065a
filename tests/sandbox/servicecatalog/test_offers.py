"""What a path adds to a launch: tags, tag options, topics."""

from __future__ import annotations

from typing import Any

import pytest


def option(scene: Any, key: str, value: str, *resources: str) -> str:
    created = scene.sc.create_tag_option(Key=key, Value=value)["TagOptionDetail"]["Id"]
    for resource in resources:
        scene.sc.associate_tag_option_with_resource(ResourceId=resource, TagOptionId=created)
    return str(created)


def offered(scene: Any, product_id: str, version_id: str, client: Any = None) -> dict[str, list[str]]:
    described = (client or scene.sc).describe_provisioning_parameters(
        ProductId=product_id, ProvisioningArtifactId=version_id
    )
    return {item["Key"]: item["Values"] for item in described["TagOptions"]}


def tags_of(scene: Any, launched: dict[str, Any], account: str) -> dict[str, str]:
    stack = launched["RecordOutputs"][0]["OutputValue"]
    described = scene.client("cloudformation", account).describe_stacks(StackName=stack)["Stacks"][0]
    return {tag["Key"]: tag["Value"] for tag in described["Tags"]}


def test_the_same_key_on_portfolio_and_product_gives_the_intersection(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    option(scene, "Stage", "dev", portfolio_id)
    option(scene, "Stage", "prod", portfolio_id, product_id)
    option(scene, "Team", "red", product_id)
    inactive = option(scene, "Team", "blue", product_id)
    scene.sc.update_tag_option(Id=inactive, Active=False)

    assert offered(scene, product_id, version_id) == {"Stage": ["prod"], "Team": ["red"]}
    launched = scene.launch(product_id, version_id, "one")
    assert {"Stage": "prod", "Team": "red"}.items() <= tags_of(scene, launched, scene.hub).items()


def test_an_empty_intersection_is_a_conflict_that_must_not_be_sent(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    option(scene, "Stage", "dev", portfolio_id)
    option(scene, "Stage", "prod", product_id)
    given = {"ProductId": product_id, "ProvisioningArtifactId": version_id}

    assert offered(scene, product_id, version_id) == {"Stage": []}
    scene.refused(
        "InvalidParametersException",
        scene.sc.provision_product,
        ProvisionedProductName="one",
        Tags=[{"Key": "Stage", "Value": "dev"}],
        **given,
    )
    launched = scene.launch(product_id, version_id, "one")
    conflict = f"sc-tagoption-conflict-{portfolio_id}-{product_id}"
    assert tags_of(scene, launched, scene.hub)["Stage"] == conflict


@pytest.mark.parametrize("tags", [[], [{"Key": "Stage", "Value": "other"}]])
def test_of_several_values_one_must_be_chosen(scene: Any, tags: list[dict[str, str]]) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    option(scene, "Stage", "dev", portfolio_id)
    option(scene, "Stage", "prod", portfolio_id)
    given = {"ProductId": product_id, "ProvisioningArtifactId": version_id, "ProvisionedProductName": "one"}

    scene.refused("InvalidParametersException", scene.sc.provision_product, Tags=tags, **given)
    launched = scene.launch(product_id, version_id, "one", Tags=[{"Key": "Stage", "Value": "dev"}])
    assert tags_of(scene, launched, scene.hub)["Stage"] == "dev"


def test_tag_options_reach_another_account_only_if_they_are_shared(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    option(scene, "Stage", "dev", portfolio_id)
    scene.shared(portfolio_id)

    assert offered(scene, product_id, version_id, scene.spoke_sc) == {}
    scene.sc.update_portfolio_share(PortfolioId=portfolio_id, AccountId=scene.spoke, ShareTagOptions=True)
    assert offered(scene, product_id, version_id, scene.spoke_sc) == {"Stage": ["dev"]}


def test_tags_of_portfolio_and_product_come_along(scene: Any) -> None:
    portfolio_id = scene.portfolio(Tags=[{"Key": "A", "Value": "portfolio"}, {"Key": "B", "Value": "portfolio"}])
    product_id, version_id = scene.product(Tags=[{"Key": "B", "Value": "product"}])
    scene.sc.associate_product_with_portfolio(ProductId=product_id, PortfolioId=portfolio_id)

    launched = scene.launch(product_id, version_id, "one", Tags=[{"Key": "C", "Value": "launch"}])

    assert tags_of(scene, launched, scene.hub) == {"A": "portfolio", "B": "product", "C": "launch"}


def test_the_launched_product_carries_the_tags_of_the_service(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    scene.launch(product_id, version_id, "one")

    (found,) = scene.sc.search_provisioned_products()["ProvisionedProducts"]

    assert {tag["Key"].removeprefix("aws:servicecatalog:"): tag["Value"] for tag in found["Tags"]} == {
        "portfolioArn": f"arn:aws:catalog:us-east-1:{scene.hub}:portfolio/{portfolio_id}",
        "productArn": f"arn:aws:catalog:us-east-1:{scene.hub}:product/{product_id}",
        "provisioningArtifactIdentifier": version_id,
        "provisionedProductArn": found["Arn"],
        "provisioningPrincipalArn": f"arn:aws:iam::{scene.hub}:root",
    }


@pytest.mark.parametrize(
    "tags", [[{"Key": "aws:x", "Value": "y"}], [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]]
)
def test_reserved_and_repeated_tags_are_refused(scene: Any, tags: list[dict[str, str]]) -> None:
    _, product_id, version_id = scene.placed()

    scene.refused(
        "InvalidParametersException",
        scene.sc.provision_product,
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        ProvisionedProductName="one",
        Tags=tags,
    )


def test_topics_of_constraints_and_of_the_launch_are_notified(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    topics = [scene.client("sns", scene.hub).create_topic(Name=f"topic-{number}")["TopicArn"] for number in range(6)]
    scene.constrain(portfolio_id, product_id, "NOTIFICATION", {"NotificationArns": topics[:2]})

    scene.launch(product_id, version_id, "one", NotificationArns=topics[1:3])

    scene.refused(
        "InvalidParametersException",
        scene.sc.provision_product,
        ProductId=product_id,
        ProvisioningArtifactId=version_id,
        ProvisionedProductName="two",
        NotificationArns=topics[1:],
    )
