"""Who may launch what, and by which path."""

from __future__ import annotations

from typing import Any

import pytest

TRUST_ALL = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
}


@pytest.fixture
def developer(scene: Any) -> str:
    return str(scene.role(scene.hub, "app-developer", TRUST_ALL, path="/team/"))


def names(client: Any) -> list[str]:
    return [found["Name"] for found in client.search_products()["ProductViewSummaries"]]


def test_an_administrator_sees_what_is_in_a_portfolio(scene: Any) -> None:
    scene.product("unplaced")
    scene.placed("placed")

    assert names(scene.sc) == ["placed"]


def test_a_role_sees_what_it_was_given(scene: Any, developer: str) -> None:
    portfolio_id, product_id, version_id = scene.placed()
    client = scene.as_role("servicecatalog", developer)
    assert names(client) == []
    scene.refused("ResourceNotFoundException", client.describe_product, Id=product_id)
    message = scene.refused("ResourceNotFoundException", client.list_launch_paths, ProductId=product_id)
    assert message == f"No launch paths found for resource: {product_id}"

    scene.sc.associate_principal_with_portfolio(PortfolioId=portfolio_id, PrincipalARN=developer, PrincipalType="IAM")

    assert names(client) == ["topic"]
    described = client.describe_product(Id=product_id)
    assert [version["Id"] for version in described["ProvisioningArtifacts"]] == [version_id]
    assert [path["Name"] for path in described["LaunchPaths"]] == ["Portfolio"]
    viewed = client.describe_product_view(Id=described["ProductViewSummary"]["Id"])
    assert viewed["ProductViewSummary"]["ProductId"] == product_id


@pytest.mark.parametrize(
    ("pattern", "seen"),
    [
        ("arn:aws:iam:::role/app-developer", True),
        ("arn:aws:iam:::role/team/app-developer", True),
        ("arn:aws:iam:::role/app-*", True),
        ("arn:aws:iam:::role/app-develope?", True),
        ("arn:aws:iam:::role/app-developer?", True),
        ("arn:aws:iam:::role/*", True),
        ("arn:aws:iam:::role/app-develop?", False),
        ("arn:aws:iam:::role/developer", False),
        ("arn:aws:iam:::role/app.developer", False),
        ("arn:aws:iam:::user/app-developer", False),
    ],
)
def test_a_pattern_names_roles_by_wildcards(scene: Any, developer: str, pattern: str, seen: bool) -> None:
    portfolio_id, _, _ = scene.placed()
    scene.sc.associate_principal_with_portfolio(
        PortfolioId=portfolio_id, PrincipalARN=pattern, PrincipalType="IAM_PATTERN"
    )

    assert names(scene.as_role("servicecatalog", developer)) == (["topic"] if seen else [])


def test_inactive_versions_are_invisible_to_end_users(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    other = scene.version(product_id, "1.1.0")
    scene.sc.update_provisioning_artifact(ProductId=product_id, ProvisioningArtifactId=other, Active=False)

    versions = scene.sc.describe_product(Id=product_id)["ProvisioningArtifacts"]

    assert [version["Id"] for version in versions] == [version_id]


def test_of_several_paths_one_must_be_chosen(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    second = scene.portfolio("Second")
    scene.sc.associate_product_with_portfolio(ProductId=product_id, PortfolioId=second)
    describe, given = (
        scene.sc.describe_provisioning_parameters,
        {"ProductId": product_id, "ProvisioningArtifactId": version_id},
    )
    paths = {
        path["Name"]: path["Id"] for path in scene.sc.list_launch_paths(ProductId=product_id)["LaunchPathSummaries"]
    }

    assert set(paths) == {"Portfolio", "Second"}
    assert scene.refused("InvalidParametersException", describe, **given).startswith("More than one launch path")
    assert describe(PathId=paths["Second"], **given)
    assert describe(PathName="Portfolio", **given)
    message = scene.refused("InvalidParametersException", describe, PathId="lpv3-none", **given)
    assert message == "Invalid PathId: lpv3-none"
    scene.refused("InvalidParametersException", describe, PathName="Third", **given)
    scene.refused("InvalidParametersException", describe, PathName="Second", PathId=paths["Second"], **given)


def test_an_ambiguous_name_is_refused_and_an_unknown_one_not_found(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    scene.version(product_id, "1.0.0")
    describe = scene.sc.describe_provisioning_parameters

    message = scene.refused(
        "InvalidParametersException", describe, ProductName="topic", ProvisioningArtifactName="1.0.0"
    )
    assert message == "Multiple Provisioning Artifact with name 1.0.0 found."
    scene.refused("ResourceNotFoundException", describe, ProductName="topic", ProvisioningArtifactName="9")
    message = scene.refused(
        "ResourceNotFoundException", describe, ProductName="subnet", ProvisioningArtifactName="1.0.0"
    )
    assert message == "Product with name subnet does not exist or access was denied."
    twin, _ = scene.product("topic")
    scene.sc.associate_product_with_portfolio(ProductId=twin, PortfolioId=portfolio_id)
    scene.refused("InvalidParametersException", describe, ProductName="topic", ProvisioningArtifactName="1.0.0")
    scene.refused(
        "InvalidParametersException", describe, ProductName="topic", ProductId=twin, ProvisioningArtifactName="1.0.0"
    )
    scene.refused("InvalidParametersException", describe, ProductId=product_id)
