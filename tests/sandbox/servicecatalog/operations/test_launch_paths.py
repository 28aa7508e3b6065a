"""What there is to know before a launch."""

from __future__ import annotations

from typing import Any


def test_a_path_names_its_portfolio_constraints_and_tags(scene: Any) -> None:
    portfolio_id = scene.portfolio("Tools", Tags=[{"Key": "a", "Value": "1"}])
    product_id, _ = scene.product()
    scene.sc.associate_product_with_portfolio(ProductId=product_id, PortfolioId=portfolio_id)
    scene.role(scene.hub, "launcher")
    scene.constrain(portfolio_id, product_id, "LAUNCH", {"LocalRoleName": "launcher"})

    (path,) = scene.sc.list_launch_paths(ProductId=product_id)["LaunchPathSummaries"]

    assert path["Id"].startswith("lpv3-")
    assert (path["Name"], path["Tags"]) == ("Tools", [{"Key": "a", "Value": "1"}])
    assert [constraint["Type"] for constraint in path["ConstraintSummaries"]] == ["LAUNCH"]
    assert scene.sc.list_launch_paths(ProductId=product_id)["LaunchPathSummaries"][0]["Id"] == path["Id"]


def test_the_parameters_of_a_launch_are_described(scene: Any) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    role = scene.role(scene.spoke, "launcher")
    scene.role(scene.hub, "launcher")
    scene.constrain(portfolio_id, product_id, "LAUNCH", {"LocalRoleName": "launcher"})
    scene.shared(portfolio_id)

    described = scene.spoke_sc.describe_provisioning_parameters(ProductId=product_id, ProvisioningArtifactId=version_id)

    assert [item["ParameterKey"] for item in described["ProvisioningArtifactParameters"]] == ["Size", "Name"]
    assert described["ProvisioningArtifactParameters"][0]["Description"] == "How large"
    assert described["ConstraintSummaries"][0]["Type"] == "LAUNCH"
    assert {item["Type"]: item["Value"] for item in described["UsageInstructions"]} == {
        "rules": "{}",
        "version": "2010-09-09",
        "launchAsRole": role,
        "tagUpdateOnProvisionedProduct": "NOT_ALLOWED",
    }
    assert described["ProvisioningArtifactOutputKeys"] == [{"Key": "TopicArn", "Description": "The topic"}]
    assert described["TagOptions"] == []
