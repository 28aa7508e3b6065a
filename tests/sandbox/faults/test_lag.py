"""Reads of Service Catalog that lag behind its writes."""

from __future__ import annotations

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from factory.sandbox.faults.lag import Lag
from tests.sandbox.faults.conftest import HUB, Client, Hurting

TEMPLATE = '{"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}'


def lag(operation: str, **given: Any) -> dict[str, Any]:
    """A fault that lets reads lag."""
    return {"service": "servicecatalog", "operation": operation, "kind": "read-lag", **given}


def code(call: Any, **parameters: Any) -> str:
    """The code that a call is refused with."""
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    return str(refused.value.response["Error"]["Code"])


@pytest.fixture
def catalog(client: Client) -> Any:
    return client("servicecatalog")


def portfolio(catalog: Any) -> str:
    return str(catalog.create_portfolio(DisplayName="Teams", ProviderName="Platform")["PortfolioDetail"]["Id"])


def product(catalog: Any) -> str:
    answer = catalog.create_product(
        Name="topic",
        Owner="Platform",
        ProductType="CLOUD_FORMATION_TEMPLATE",
        ProvisioningArtifactParameters={
            "Name": "1",
            "Type": "CLOUD_FORMATION_TEMPLATE",
            "Info": {"LoadTemplateFromURL": "https://s3.us-east-1.amazonaws.com/lag/topic.json"},
        },
    )
    return str(answer["ProductViewDetail"]["ProductViewSummary"]["ProductId"])


@pytest.fixture
def template(client: Client) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="lag")
    s3.put_object(Bucket="lag", Key="topic.json", Body=TEMPLATE.encode())


def listed(catalog: Any) -> set[str]:
    found = catalog.get_paginator("list_portfolios").paginate().build_full_result()["PortfolioDetails"]
    return {item["Id"] for item in found}


def test_a_new_thing_is_missed_by_so_many_reads(faults: Hurting, catalog: Any) -> None:
    faults.set(lag("CreatePortfolio", reads=3))
    id_ = portfolio(catalog)
    assert code(catalog.describe_portfolio, Id=id_) == "ResourceNotFoundException"
    assert id_ not in listed(catalog)
    assert code(catalog.list_principals_for_portfolio, PortfolioId=id_) == "ResourceNotFoundException"
    assert catalog.describe_portfolio(Id=id_)["PortfolioDetail"]["Id"] == id_
    assert id_ in listed(catalog)
    assert faults.fired() == [1]
    assert faults.missed_reads() == 3


def test_a_new_thing_is_missed_for_so_long(faults: Hurting, catalog: Any) -> None:
    faults.set(lag("Create*", seconds=1))
    id_ = portfolio(catalog)
    assert code(catalog.describe_portfolio, Id=id_) == "ResourceNotFoundException"
    deadline = time.monotonic() + 10
    while id_ not in listed(catalog):
        assert time.monotonic() < deadline
    assert catalog.describe_portfolio(Id=id_)
    assert faults.missed_reads() > 1


@pytest.mark.usefixtures("template")
def test_an_association_is_missed_though_both_ends_are_seen(faults: Hurting, catalog: Any) -> None:
    faults.set(lag("AssociateProductWithPortfolio", reads=3))
    pair = {"PortfolioId": portfolio(catalog), "ProductId": product(catalog)}
    catalog.associate_product_with_portfolio(**pair)

    def offered() -> list[str]:
        found = catalog.search_products_as_admin(PortfolioId=pair["PortfolioId"])["ProductViewDetails"]
        return [item["ProductViewSummary"]["ProductId"] for item in found]

    def portfolios() -> list[str]:
        found = catalog.list_portfolios_for_product(ProductId=pair["ProductId"])["PortfolioDetails"]
        return [item["Id"] for item in found]

    assert pair["PortfolioId"] in listed(catalog)
    assert offered() == []
    assert portfolios() == []
    constraint = {**pair, "Type": "NOTIFICATION", "Parameters": '{"NotificationArns": []}'}
    assert code(catalog.create_constraint, **constraint) == "ResourceNotFoundException"
    assert offered() == [pair["ProductId"]]
    assert portfolios() == [pair["PortfolioId"]]
    assert faults.missed_reads() == 3


def test_repeating_a_create_hides_nothing_again(faults: Hurting, catalog: Any) -> None:
    faults.set(lag("CreatePortfolio", reads=1))
    request = {"DisplayName": "Again", "ProviderName": "Platform", "IdempotencyToken": "again"}
    id_ = catalog.create_portfolio(**request)["PortfolioDetail"]["Id"]
    assert code(catalog.describe_portfolio, Id=id_) == "ResourceNotFoundException"
    assert catalog.create_portfolio(**request)["PortfolioDetail"]["Id"] == id_
    assert catalog.describe_portfolio(Id=id_)
    assert faults.missed_reads() == 1


def test_a_write_that_was_refused_hides_nothing(faults: Hurting, catalog: Any) -> None:
    faults.set(lag("CreatePortfolio", reads=1))
    tags = [{"Key": "aws:reserved", "Value": "1"}, {"Key": "aws:reserved", "Value": "2"}]
    code(catalog.create_portfolio, DisplayName="Teams", ProviderName="Platform", Tags=tags)
    assert faults.fired() == [0]


def test_a_share_is_missed_from_both_sides() -> None:
    seen = Lag(lambda: 0.0)
    request = {"PortfolioId": "port-1", "AccountId": "222222222222"}
    seen.hide("CreatePortfolioShare", HUB, request, {}, seconds=1, reads=None)
    assert seen.refuses("AcceptPortfolioShare", "222222222222", {"PortfolioId": "port-1"})
    assert not seen.refuses("AcceptPortfolioShare", "333333333333", {"PortfolioId": "port-1"})
    answer = {"PortfolioShareDetails": [{"PrincipalId": "222222222222"}, {"PrincipalId": "333333333333"}]}
    found = seen.without("DescribePortfolioShares", HUB, {"PortfolioId": "port-1"}, answer)
    assert found == {"PortfolioShareDetails": [{"PrincipalId": "333333333333"}]}


def test_deleting_what_is_not_seen_yet_is_not_refused() -> None:
    seen = Lag(lambda: 0.0)
    seen.hide("CreatePortfolio", HUB, {}, {"PortfolioDetail": {"Id": "port-1"}}, seconds=1, reads=None)
    assert seen.refuses("DescribePortfolio", HUB, {"Id": "port-1"})
    assert not seen.refuses("DeletePortfolio", HUB, {"Id": "port-1"})
