"""A portfolio file: what it says, and what can be wrong with it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from factory.catalog.manifest import DeclaredPortfolio, Offer, Sharing
from factory.catalog.model import (
    EnvironmentName,
    Guidance,
    Principal,
    PrincipalType,
    ProductName,
    ShareTarget,
    TagOption,
    VersionName,
)

from .conftest import PORTFOLIO, Project

OneProblem = Callable[[str, str, str], str]


def offer(product: str, environment: str, version: str, guidance: Guidance = Guidance.DEFAULT) -> Offer:
    return Offer(
        product=ProductName(product),
        environment=EnvironmentName(environment),
        version=VersionName(version),
        guidance=guidance,
    )


def platform(project: Project) -> DeclaredPortfolio:
    return project.load().portfolio("platform")


def test_the_least_that_a_portfolio_needs(project: Project) -> None:
    portfolio = platform(project)
    assert portfolio.file == "portfolios/platform.yaml"
    assert (portfolio.display_name, portfolio.provider) == ("Platform", "Platform team")
    assert (portfolio.description, portfolio.tags, portfolio.tag_options) == ("", (), frozenset())
    assert portfolio.environments == ("dev", "prod")
    assert portfolio.principals == frozenset()
    assert portfolio.sharing == Sharing(target=ShareTarget.ACCOUNT, tag_options=True, principals=False)


def test_texts_tags_and_tag_options(project: Project) -> None:
    project.append(
        "platform",
        """\
description: All that one needs.
tags: {Owner: Köln, CostCenter: 4711}
tag-options:
  Stage: [blue, green]
""",
    )
    portfolio = platform(project)
    assert portfolio.description == "All that one needs."
    assert portfolio.tags == (("CostCenter", "4711"), ("Owner", "Köln"))
    assert portfolio.tag_options == {TagOption(key="Stage", value="blue"), TagOption(key="Stage", value="green")}


def test_current_is_the_version_of_the_code(project: Project) -> None:
    assert platform(project).offers == (
        offer("cluster", "dev", "2.0.0"),
        offer("network", "dev", "1.2.0"),
        offer("network", "prod", "1.0.0"),
    )


@pytest.mark.parametrize(
    ("versions", "offers"),
    [
        ("1.1.0", (offer("network", "prod", "1.1.0"),)),
        ("[1.1.0, current]", (offer("network", "prod", "1.1.0"), offer("network", "prod", "1.2.0"))),
        (
            "{1.1.0: deprecated, current: default}",
            (offer("network", "prod", "1.1.0", Guidance.DEPRECATED), offer("network", "prod", "1.2.0")),
        ),
    ],
)
def test_an_environment_offers_one_or_more_versions(project: Project, versions: str, offers: tuple[Offer, ...]) -> None:
    project.change("platform", "prod: 1.0.0", f"prod: {versions}")
    found = tuple(item for item in platform(project).offers if item.environment == "prod")
    assert found == offers


@pytest.mark.parametrize(
    ("entry", "principal"),
    [
        ("role/team-*", Principal(arn="arn:aws:iam:::role/team-*")),
        ('"arn:aws:iam:::role/path/team-?"', Principal(arn="arn:aws:iam:::role/path/team-?")),
        (
            '"arn:aws:iam::222222222222:user/pat"',
            Principal(arn="arn:aws:iam::222222222222:user/pat", type=PrincipalType.IAM),
        ),
    ],
)
def test_access(project: Project, entry: str, principal: Principal) -> None:
    project.append("platform", f"access: [{entry}]\n")
    assert platform(project).principals == {principal}


@pytest.mark.parametrize(
    ("share", "sharing"),
    [
        ("{account: true}", Sharing(target=ShareTarget.ACCOUNT)),
        ("{account: false}", None),
        ("{tag-options: false}", Sharing(target=ShareTarget.ACCOUNT, tag_options=False)),
        (
            "{organization: o-a1b2c3d4e5, principals: true}",
            Sharing(target=ShareTarget.ORGANIZATION, id="o-a1b2c3d4e5", principals=True),
        ),
        (
            "{organizational-unit: ou-ab12-1a2b3c4d}",
            Sharing(target=ShareTarget.ORGANIZATIONAL_UNIT, id="ou-ab12-1a2b3c4d"),
        ),
    ],
)
def test_sharing(project: Project, share: str, sharing: Sharing | None) -> None:
    project.append("platform", f"share: {share}\n")
    assert platform(project).sharing == sharing


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("provider: Platform team\n", "", "platform.yaml:1: provider is missing"),
        (
            "provider: Platform team",
            "provider: Platform team\ndescripton: x",
            "platform.yaml:3: descripton is unknown; did you mean description?",
        ),
        (
            "provider: Platform team",
            f"provider: {'x' * 51}",
            f"platform.yaml:2: provider: '{'x' * 51}' is not a text of 1 to 50 characters",
        ),
        (
            "display-name: Platform",
            f"display-name: {'x' * 101}",
            f"platform.yaml:1: display-name: '{'x' * 101}' is not a text of 1 to 100 characters",
        ),
        ("display-name: Platform", "display-name:", "platform.yaml:1: display-name is empty"),
        (
            "environments: [dev, prod]",
            "environments: [dev, prod, prd]",
            "platform.yaml:3: environments[3]: 'prd' is unknown; did you mean prod?",
        ),
        (
            "environments: [dev, prod]",
            "environments: [dev, prod, dev]",
            "platform.yaml:3: environments[3] names dev a second time",
        ),
        ("  cluster:", "  clutser:", "platform.yaml:6: products: 'clutser' is unknown; did you mean cluster?"),
        (
            "cluster: {dev: current}",
            "cluster: {dev: current, test: current}",
            "platform.yaml:6: products.cluster: 'test' is unknown; there is dev, prod",
        ),
        (
            "cluster: {dev: current}",
            "cluster: current",
            "platform.yaml:6: products.cluster must be a mapping, not the text 'current'",
        ),
        (
            "prod: 1.0.0",
            "prod: 1.0",
            "platform.yaml:5: products.network.prod: '1.0' is not three numbers such as 1.0.0, or `current`",
        ),
        (
            "prod: 1.0.0",
            "prod: []",
            "platform.yaml:5: products.network.prod names no version; leave the environment out to offer none",
        ),
        (
            "prod: 1.0.0",
            "prod: [" + ", ".join(f"1.0.{n}" for n in range(101)) + "]",
            "platform.yaml:5: products.network.prod names 101 versions; 100 are possible",
        ),
        (
            "prod: 1.0.0",
            "prod: [1.2.0, current]",
            "platform.yaml:5: products.network.prod[2] names 1.2.0 a second time, as that is what `current` is",
        ),
        (
            "prod: 1.0.0",
            "prod: {1.0.0: depreciated}",
            "platform.yaml:5: products.network.prod.1.0.0: 'depreciated' is unknown; did you mean deprecated?",
        ),
    ],
)
def test_what_can_be_wrong(one_problem: OneProblem, old: str, new: str, problem: str) -> None:
    assert one_problem("platform", old, new) == problem


@pytest.mark.parametrize(
    ("addition", "problem"),
    [
        (
            "tags: {'aws:x': y}",
            "platform.yaml:7: tags: 'aws:x' is not a tag key that does not begin with aws: or factory:",
        ),
        (
            "tags: {" + ", ".join(f"k{n}: v" for n in range(16)) + "}",
            "platform.yaml:7: tags names 16 tags; 15 are possible, as the factory adds its own",
        ),
        (
            "tag-options: {Stage: []}",
            "platform.yaml:7: tag-options.Stage names 0 values; 1 to 25 are possible",
        ),
        (
            "tag-options: {Stage: [" + ", ".join(f"v{n}" for n in range(26)) + "]}",
            "platform.yaml:7: tag-options.Stage names 26 values; 1 to 25 are possible",
        ),
        (
            "tag-options: {" + ", ".join(f"k{n}: [v]" for n in range(26)) + "}",
            "platform.yaml:7: tag-options names 26 keys; 25 are possible on a portfolio",
        ),
        (
            "access: [team-*]",
            "platform.yaml:7: access[1]: 'team-*' is not a name pattern such as role/team-* "
            "or an ARN of a role, user or group",
        ),
        (
            'access: ["arn:aws:iam:::*/team"]',
            "platform.yaml:7: access[1]: 'arn:aws:iam:::*/team' is not a name pattern such as role/team-* "
            "or an ARN of a role, user or group",
        ),
        (
            'access: ["arn:aws:iam::222222222222:role/team-*"]',
            "platform.yaml:7: access[1] names an account and a pattern: an ARN with an account takes no * and ?",
        ),
        (
            'access: ["arn:aws:iam::999999999999:role/team"]',
            "platform.yaml:7: access[1] is in account 999999999999, which is no environment of this portfolio",
        ),
        (
            "access: [" + ", ".join(f"role/team-{n}-*" for n in range(11)) + "]",
            "platform.yaml:7: access names 11 patterns; 10 are possible",
        ),
        (
            "access: [" + ", ".join(f'"arn:aws:iam::222222222222:role/r{n}"' for n in range(101)) + "]",
            "platform.yaml:7: access names 101 principals; 100 are possible",
        ),
        (
            "share: {account: true, organization: o-a1b2c3d4e5}",
            "platform.yaml:7: share names account and organization: a portfolio is shared in one way",
        ),
        (
            "share: {principals: true}",
            "platform.yaml:7: share.principals can be shared with an organization or organizational unit only",
        ),
        (
            "share: {account: never}",
            "platform.yaml:7: share.account: 'never' is unknown; there is false, true",
        ),
        (
            "share: {organization: my-company}",
            "platform.yaml:7: share.organization: 'my-company' is not an organization id such as o-a1b2c3d4e5",
        ),
    ],
)
def test_what_can_be_wrong_with_access_and_tags(project: Project, addition: str, problem: str) -> None:
    project.append("platform", addition + "\n")
    assert project.problems() == [problem]


def test_an_exact_arn_is_not_shared(project: Project) -> None:
    project.append(
        "platform",
        'share: {organization: o-a1b2c3d4e5, principals: true}\naccess: ["arn:aws:iam::222222222222:role/team"]\n',
    )
    assert project.problems() == [
        "platform.yaml:8: access[1] names an account: only patterns are shared, such as role/team-*"
    ]


def test_two_portfolios_offer_one_product_in_different_environments(project: Project) -> None:
    project.change("platform", "{dev: current, prod: 1.0.0}", "{dev: current}")
    project.write("more", PORTFOLIO.replace("{dev: current, prod: 1.0.0}", "{prod: 1.0.0}"))
    assert project.load().portfolio("more").offers == (
        offer("cluster", "dev", "2.0.0"),
        offer("network", "prod", "1.0.0"),
    )


def test_two_portfolios_must_name_the_same_versions(project: Project) -> None:
    project.write("other", PORTFOLIO.replace("prod: 1.0.0", "prod: {1.0.0: deprecated, 1.1.0: default}"))
    assert project.problems() == [
        "platform.yaml:5: products.network.prod offers 1.0.0, but portfolio other offers 1.0.0 (deprecated), 1.1.0: "
        "a version is visible wherever its product is, so both must name the same"
    ]
