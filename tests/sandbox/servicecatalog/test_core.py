"""The catalog without HTTP: every operation's manners, tokens, reset."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.servicecatalog.errors import ServiceError


def test_an_unsupported_operation_is_unknown(scene: Any) -> None:
    caller = scene.server.core.caller(scene.hub, "us-east-1")

    with pytest.raises(ServiceError, match="UnknownOperationException"):
        scene.server.core.handle("NotifyProvisionProductEngineWorkflowResult", {}, caller)


def test_a_repeated_token_gives_the_first_answer(scene: Any) -> None:
    given = {"DisplayName": "P", "ProviderName": "Me", "IdempotencyToken": "same"}
    first = scene.sc.create_portfolio(**given)["PortfolioDetail"]
    second = scene.sc.create_portfolio(**given)["PortfolioDetail"]

    assert first == second
    assert len(scene.sc.list_portfolios()["PortfolioDetails"]) == 1


def test_a_repeated_token_with_other_parameters_is_refused(scene: Any) -> None:
    given = {"ProviderName": "Me", "IdempotencyToken": "same"}
    scene.sc.create_portfolio(DisplayName="P", **given)

    scene.refused("InvalidParametersException", scene.sc.create_portfolio, DisplayName="Q", **given)


def test_a_token_counts_for_one_account_region_and_operation(scene: Any) -> None:
    given = {"DisplayName": "P", "ProviderName": "Me", "IdempotencyToken": "same"}
    clients = [
        scene.sc,
        scene.spoke_sc,
        scene.client("servicecatalog", scene.hub, region="eu-west-1"),
    ]

    assert len({client.create_portfolio(**given)["PortfolioDetail"]["Id"] for client in clients}) == 3


def test_a_refused_request_does_not_use_its_token_up(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    given = {
        "PortfolioId": portfolio_id,
        "ProductId": product_id,
        "Type": "LAUNCH",
        "Parameters": '{"LocalRoleName": "later"}',
        "IdempotencyToken": "same",
    }
    scene.refused("InvalidParametersException", scene.sc.create_constraint, **given)
    scene.role(scene.hub, "later")

    assert scene.sc.create_constraint(**given)["ConstraintDetail"]["Type"] == "LAUNCH"


def test_a_token_makes_a_deleted_thing_anew(scene: Any) -> None:
    token = {"IdempotencyToken": "same"}

    def portfolio() -> str:
        made = scene.sc.create_portfolio(DisplayName="P", ProviderName="Me", **token)
        return str(made["PortfolioDetail"]["Id"])

    def product() -> str:
        made = scene.product(**token)
        return made[0]

    for make, delete in ((portfolio, scene.sc.delete_portfolio), (product, scene.sc.delete_product)):
        first = make()
        assert make() == first
        delete(Id=first)
        second = make()
        assert second != first
        assert make() == second


def test_a_token_makes_a_deleted_constraint_anew(scene: Any) -> None:
    portfolio_id, product_id, _ = scene.placed()
    scene.role(scene.hub, "launcher")
    given = {
        "PortfolioId": portfolio_id,
        "ProductId": product_id,
        "Type": "LAUNCH",
        "Parameters": '{"LocalRoleName": "launcher"}',
        "IdempotencyToken": "same",
    }
    first = scene.sc.create_constraint(**given)["ConstraintDetail"]["ConstraintId"]
    scene.sc.delete_constraint(Id=first)

    second = scene.sc.create_constraint(**given)["ConstraintDetail"]["ConstraintId"]

    assert second != first
    assert scene.sc.describe_constraint(Id=second)["ConstraintDetail"]["Type"] == "LAUNCH"


def test_a_product_that_lost_its_first_version_is_not_made_again(scene: Any) -> None:
    product_id, version_id = scene.product(IdempotencyToken="same")
    scene.version(product_id, "2.0.0")
    scene.sc.delete_provisioning_artifact(ProductId=product_id, ProvisioningArtifactId=version_id)

    assert scene.product(IdempotencyToken="same") == (product_id, version_id)


def test_a_token_launches_and_updates_anew_what_was_terminated(scene: Any) -> None:
    _, product_id, version_id = scene.placed()
    records: set[str] = set()
    for _ in range(2):
        scene.launch(product_id, version_id, "mine", ProvisionToken="same")
        given = {"ProvisionedProductName": "mine", "UpdateToken": "same"}
        for _ in range(2):
            record = scene.settled(scene.sc.update_provisioned_product(**given))["RecordDetail"]
            assert record["Status"] == "SUCCEEDED"
            records.add(record["RecordId"])
        scene.settled(scene.sc.terminate_provisioned_product(ProvisionedProductName="mine"))

    assert len(records) == 2


def test_regions_and_accounts_are_apart(scene: Any) -> None:
    identifier = scene.portfolio()
    elsewhere = scene.client("servicecatalog", scene.hub, region="eu-west-1")

    assert elsewhere.list_portfolios()["PortfolioDetails"] == []
    scene.refused("ResourceNotFoundException", elsewhere.describe_portfolio, Id=identifier)
    scene.refused("ResourceNotFoundException", scene.spoke_sc.describe_portfolio, Id=identifier)


def test_reset_forgets_everything(scene: Any) -> None:
    core = scene.core(lambda: 0.0)
    caller = core.caller(scene.hub, "us-east-1")
    core.handle("CreatePortfolio", {"DisplayName": "P", "ProviderName": "M", "IdempotencyToken": "t"}, caller)
    assert len(core.handle("ListPortfolios", {}, caller)["PortfolioDetails"]) == 1

    core.reset()

    assert core.handle("ListPortfolios", {}, caller) == {"PortfolioDetails": []}
