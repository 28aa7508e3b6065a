"""Copies of products."""

from __future__ import annotations

from typing import Any

from factory.sandbox.servicecatalog.request import Delays
from tests.sandbox.servicecatalog.conftest import REGION


def arn(account: str, product_id: str) -> str:
    return f"arn:aws:catalog:{REGION}:{account}:product/{product_id}"


def copied(client: Any, source: str, **given: Any) -> dict[str, Any]:
    """How a copy ended."""
    token = client.copy_product(SourceProductArn=source, **given)["CopyProductToken"]
    answer: dict[str, Any] = client.describe_copy_product_status(CopyProductToken=token)
    return answer


def described(client: Any, answer: dict[str, Any]) -> dict[str, Any]:
    assert answer["CopyProductStatus"] == "SUCCEEDED"
    product: dict[str, Any] = client.describe_product_as_admin(Id=answer["TargetProductId"])
    return product


def names(product: dict[str, Any]) -> list[str]:
    return [version["Name"] for version in product["ProvisioningArtifactSummaries"]]


def test_a_product_is_copied_with_its_versions_and_without_its_tags(scene: Any) -> None:
    product_id, _ = scene.product(Tags=[{"Key": "Team", "Value": "red"}])
    scene.version(product_id, "2.0.0")

    product = described(scene.sc, copied(scene.sc, arn(scene.hub, product_id)))

    summary = product["ProductViewDetail"]["ProductViewSummary"]
    assert (summary["Name"], names(product), product["Tags"]) == ("topic", ["1.0.0", "2.0.0"], [])
    assert summary["ProductId"] != product_id


def test_name_versions_and_tags_can_be_chosen(scene: Any) -> None:
    product_id, version_id = scene.product(Tags=[{"Key": "Team", "Value": "red"}])
    scene.version(product_id, "2.0.0")

    answer = copied(
        scene.sc,
        arn(scene.hub, product_id),
        TargetProductName="Other",
        SourceProvisioningArtifactIdentifiers=[{"Id": version_id}],
        CopyOptions=["CopyTags"],
    )

    product = described(scene.sc, answer)
    assert product["ProductViewDetail"]["ProductViewSummary"]["Name"] == "Other"
    assert (names(product), product["Tags"]) == (["1.0.0"], [{"Key": "Team", "Value": "red"}])


def test_versions_are_copied_into_a_product_that_exists(scene: Any) -> None:
    source, _ = scene.product()
    target, _ = scene.product("other")

    answer = copied(scene.sc, arn(scene.hub, source), TargetProductId=target)

    assert answer["TargetProductId"] == target
    assert names(described(scene.sc, answer)) == ["1.0.0", "1.0.0"]


def test_a_copy_can_be_launched(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    product = described(scene.sc, copied(scene.sc, arn(scene.hub, product_id), TargetProductName="Other"))
    copy_id = product["ProductViewDetail"]["ProductViewSummary"]["ProductId"]
    scene.sc.associate_product_with_portfolio(ProductId=copy_id, PortfolioId=portfolio_id)

    answer = scene.launch(copy_id, product["ProvisioningArtifactSummaries"][0]["Id"], "mine")

    assert answer["RecordDetail"]["Status"] == "SUCCEEDED"


def test_a_shared_product_is_copied_into_another_account_and_region(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    source = arn(scene.hub, product_id)
    scene.refused("ResourceNotFoundException", scene.spoke_sc.copy_product, SourceProductArn=source)
    scene.shared(portfolio_id)
    elsewhere = scene.client("servicecatalog", scene.spoke, region="eu-west-1")

    product = described(elsewhere, copied(elsewhere, source))

    assert f"eu-west-1:{scene.spoke}:" in product["ProductViewDetail"]["ProductARN"]


def test_a_wrong_source_or_target_is_refused(scene: Any) -> None:
    product_id, _ = scene.product()
    source = arn(scene.hub, product_id)
    copy = scene.sc.copy_product

    scene.refused("InvalidParametersException", copy, SourceProductArn=f"arn:aws:s3:::{product_id}")
    scene.refused("ResourceNotFoundException", copy, SourceProductArn=arn(scene.hub, "prod-none"))
    scene.refused("ResourceNotFoundException", copy, SourceProductArn=arn(scene.spoke, product_id))
    scene.refused("ResourceNotFoundException", copy, SourceProductArn=source, TargetProductId="prod-none")
    scene.refused("InvalidParametersException", copy, SourceProductArn=source, TargetProductId=product_id)
    unknown = [{"Id": "pa-none"}]
    scene.refused(
        "ResourceNotFoundException", copy, SourceProductArn=source, SourceProvisioningArtifactIdentifiers=unknown
    )
    assert len(scene.sc.search_products_as_admin()["ProductViewDetails"]) == 1


def test_a_copy_takes_its_time_and_a_full_quota_fails_it(scene: Any) -> None:
    now = 0.0
    core = scene.core(lambda: now, Delays(version_seconds=10.0))
    caller = core.caller(scene.hub, REGION)
    created = core.handle(
        "CreateProduct",
        {
            "Name": "topic",
            "Owner": "me",
            "ProductType": "CLOUD_FORMATION_TEMPLATE",
            "ProvisioningArtifactParameters": scene.version_properties(),
            "IdempotencyToken": "t",
        },
        caller,
    )
    source = created["ProductViewDetail"]["ProductARN"]

    def copy(token: str, **given: Any) -> str:
        parameters = {"SourceProductArn": source, "IdempotencyToken": token, **given}
        return str(core.handle("CopyProduct", parameters, caller)["CopyProductToken"])

    def status(token: str) -> dict[str, Any]:
        answer: dict[str, Any] = core.handle("DescribeCopyProductStatus", {"CopyProductToken": token}, caller)
        return answer

    token = copy("first")
    assert status(token) == {"CopyProductStatus": "IN_PROGRESS"}
    now = 10.0
    target = status(token)["TargetProductId"]

    doubled = [copy(f"copy-{number}", TargetProductId=target) for number in range(100)]

    now = 20.0
    answers = [status(token) for token in doubled]
    assert [answer["CopyProductStatus"] for answer in answers] == ["SUCCEEDED"] * 99 + ["FAILED"]
    assert answers[-1]["StatusDetail"] == "A product can have at most 100 versions."
