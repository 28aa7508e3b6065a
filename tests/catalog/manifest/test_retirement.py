"""What a portfolio file says on versions that it no longer names."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from factory.catalog.desired import retirements
from factory.catalog.retirement import Retirement

from .conftest import PORTFOLIO, Project

RULES = """\
retire:
  keep: 3
  inactive-after: 90 days
  products:
    cluster: {keep: 1}
"""


def test_without_a_rule_versions_end_at_once(project: Project) -> None:
    assert retirements(project.load()) == {}


def test_a_product_has_its_own_rule_or_that_of_the_portfolio_wherever_it_is(project: Project) -> None:
    project.append("platform", RULES)
    found = {(str(place), product): rule for (place, product), rule in retirements(project.load()).items()}
    general = Retirement(keep=3, inactive_after=timedelta(days=90))
    assert found == {
        ("dev/us-east-1", "network"): general,
        ("prod/us-east-1", "network"): general,
        ("prod/eu-west-1", "network"): general,
        ("dev/us-east-1", "cluster"): Retirement(keep=1, inactive_after=timedelta(days=90)),
    }


def test_only_some_products_retire_and_on_a_day(project: Project) -> None:
    project.append("platform", "retire: {products: {network: {keep: 2, inactive-after: 2027-03-31}}}\n")
    assert {product: rule for (_, product), rule in retirements(project.load()).items()} == {
        "network": Retirement(keep=2, inactive_after=date(2027, 3, 31))
    }


def test_an_end_may_hold_for_all_and_the_number_for_each(project: Project) -> None:
    project.append("platform", "retire: {inactive-after: 1 day, products: {cluster: {keep: 9}}}\n")
    assert list(retirements(project.load()).values()) == [Retirement(keep=9, inactive_after=timedelta(days=1))]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{}", "retire has no keep: how many versions stay active"),
        ("{keep: 0}", "retire.keep: '0' is not a number from 1 to 99, as a product has at most 100 versions"),
        ("{inactive-after: 1 day}", "retire has no keep: how many versions stay active"),
        (
            "{keep: 1, inactive-after: 3 weeks}",
            "retire.inactive-after: '3 weeks' is not a number of days such as 90 days, or a date such as 2027-03-31",
        ),
        (
            "{keep: 1, inactive-after: 2027-02-30}",
            "retire.inactive-after is 2027-02-30, which is no day of the calendar",
        ),
        ("{keep: 1, after: 2027-02-03}", "retire.after is unknown; there is inactive-after, keep, products"),
        ("{products: {network: {}}}", "retire.products.network has no keep, and the portfolio has none either"),
        ("{keep: 1, products: {queue: {keep: 2}}}", "retire.products: 'queue' is unknown; there is cluster, network"),
    ],
)
def test_what_can_be_wrong(project: Project, written: str, problem: str) -> None:
    project.append("platform", f"retire: {written}\n")
    assert project.problems() == [f"platform.yaml:7: {problem}"]


def test_portfolios_that_share_a_product_retire_it_alike(project: Project) -> None:
    project.append("platform", "retire: {keep: 2}\n")
    project.write("services", PORTFOLIO.replace("  cluster: {dev: current}\n", "") + "retire: {keep: 3}\n")
    assert project.problems() == [
        f"services.yaml:6: retire retires network in {name} otherwise than portfolio platform, "
        "which offers it there, too"
        for name in ("dev", "prod")
    ]
