"""What a portfolio file says on products that no code makes, and on what is not asked for."""

from __future__ import annotations

import pytest

from factory.catalog.constraints.launch import Launch
from factory.catalog.constraints.resource_update import ResourceUpdate
from factory.catalog.manifest import Sharing, load
from factory.catalog.model import Listing, ShareTarget

from .conftest import PORTFOLIO, PRODUCTS, Project

OTHER = PORTFOLIO.replace("network", "queue").replace("cluster", "legacy").replace("current", "1.0.0")
LEGACY = OTHER + "adopted:\n  legacy: {owner: IT}\n"


def test_a_product_without_code_is_offered_and_launched_by_its_numbers(project: Project) -> None:
    project.write(
        "legacy",
        OTHER
        + """\
adopted:
  legacy:
    owner: IT
    description: The old one.
    support-email: it@example.com
    support-url: https://example.com
    tags: {CostCenter: 4711}
""",
    )
    project.change("systems/shop", "product: network", "product: legacy")
    manifest = project.load()
    assert manifest.adopted == {
        "legacy": Listing(
            description="The old one.",
            owner="IT",
            support_email="it@example.com",
            support_url="https://example.com",
            tags=(("CostCenter", "4711"),),
        )
    }
    assert {offer.product for offer in manifest.portfolio("legacy").offers} == {"queue", "legacy"}


def test_one_description_counts_for_all_portfolios(project: Project) -> None:
    project.write("legacy", LEGACY)
    project.change("platform", "cluster: {dev: current}", "legacy: {dev: 1.0.0}")
    assert project.load().portfolio("platform").adopted == ()
    project.append("platform", "adopted:\n  legacy: {owner: Somebody}\n")
    assert project.problems() == [
        "platform.yaml:8: adopted.legacy is described in portfolios/legacy.yaml already; "
        "one description counts for all portfolios"
    ]


def test_current_is_a_version_of_the_code_again_once_there_is_some(project: Project) -> None:
    project.change("platform", "cluster: {dev: current}", "queue: {dev: current}")
    project.append("platform", "adopted:\n  queue: {owner: IT}\n")
    assert ("queue", "1.0.0") in [(item.product, item.version) for item in project.load().portfolio("platform").offers]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            "legacy: {dev: 1.0.0}",
            "legacy: {dev: current}",
            "legacy.yaml:6: products.legacy.dev is `current`, but no code has a version of legacy: "
            "name one that was published",
        ),
        (
            "legacy: {dev: 1.0.0}",
            "legacy: {dev: [1.0.0, current]}",
            "legacy.yaml:6: products.legacy.dev[2] is `current`, but no code has a version of legacy: "
            "name one that was published",
        ),
        ("{owner: IT}", "{}", "legacy.yaml:8: adopted.legacy.owner is missing"),
        (
            "{owner: IT}",
            "{owner: IT, onwer: me}",
            "legacy.yaml:8: adopted.legacy.onwer is unknown; did you mean owner?",
        ),
        ("legacy: {owner", "Legacy: {owner", "legacy.yaml:6: products: 'legacy' is unknown; did you mean Legacy?"),
        (
            "adopted:",
            "compliance: [soc2]\nadopted:",
            "legacy.yaml:7: compliance asks for what cannot be checked of legacy, which no code makes",
        ),
        ("  legacy: {owner: IT}", "  - legacy", "legacy.yaml:7: adopted must be a mapping, not a list"),
    ],
)
def test_what_can_be_wrong(project: Project, old: str, new: str, problem: str) -> None:
    project.write("legacy", LEGACY)
    project.change("legacy", old, new)
    assert problem in project.problems()


def test_a_constraint_may_be_left_out(project: Project) -> None:
    project.append(
        "platform",
        """\
launch-role: none
tag-updates: none
environment-class: free
constraints:
  cluster:
    launch-role: special
    tag-updates: refused
    environment-class: pinned
""",
    )
    portfolio = project.load().portfolio("platform")
    assert portfolio.constraints == {
        Launch(product="cluster", local_role_name="special"),
        ResourceUpdate(product="cluster", tag_updates=False),
    }
    assert portfolio.free == {"network"}


def test_a_portfolio_may_be_shared_with_further_accounts(project: Project) -> None:
    project.append("platform", 'share: {accounts: ["999999999999", "012345678901"]}\n')
    assert project.load().portfolio("platform").sharing == Sharing(
        target=ShareTarget.ACCOUNT, accounts=("012345678901", "999999999999")
    )


def test_further_accounts_add_to_the_own_one(project: Project) -> None:
    project.append("platform", 'share: {account: false, accounts: ["999999999999"]}\n')
    assert project.problems() == [
        "platform.yaml:7: share.accounts adds to the environment's own account, which `account: false` excludes"
    ]


def test_a_draft_counts_in_place_of_its_file(project: Project) -> None:
    manifest = load(project.root, PRODUCTS, {"portfolios/platform.yaml": LEGACY, "portfolios/new.yaml": PORTFOLIO})
    assert [item.name for item in manifest.portfolios] == ["new", "platform"]
    assert manifest.portfolio("platform").adopted
