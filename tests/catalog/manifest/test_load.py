"""All manifests of a project together."""

from __future__ import annotations

from pathlib import Path

import pytest

from factory.catalog.manifest import load
from factory.catalog.model import ProductName, VersionName
from factory.errors import ManifestError, UsageError

from .conftest import PORTFOLIO, PRODUCTS, Project

ROOT = Path(__file__).parents[3]


def test_things_are_found_by_name(project: Project) -> None:
    manifest = project.load()
    assert manifest.environment("dev") is manifest.environments[0]
    assert manifest.portfolio("platform") is manifest.portfolios[0]
    assert manifest.system("shop") is manifest.systems[0]


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("environment", "prd", "environment prd is unknown: did you mean prod?"),
        ("environment", "x", "environment x is unknown: there is dev, prod"),
        ("portfolio", "platfrom", "portfolio platfrom is unknown: did you mean platform?"),
        ("system", "shp", "system shp is unknown: did you mean shop?"),
    ],
)
def test_a_wrong_name_gets_the_nearest_right_one(project: Project, kind: str, name: str, message: str) -> None:
    with pytest.raises(UsageError) as error:
        getattr(project.load(), kind)(name)
    assert error.value.message == message


def test_all_problems_of_all_files_at_once(project: Project) -> None:
    project.change("environments", '"333333333333"', "333333333333")
    project.change("platform", "provider: Platform team", "provider: [Platform team]")
    project.change("systems/shop", "product: network", "product: netwrok")
    with pytest.raises(ManifestError) as error:
        project.load()
    assert str(error.value) == (
        "manifests: 3 problems\n"
        '  portfolios/environments.yaml:8: environments.prod.account must be quoted, "333333333333": '
        "YAML takes it for a number, and a number has no leading zeros\n"
        "  portfolios/platform.yaml:2: provider must be a text, not a list\n"
        "  portfolios/systems/shop.yaml:6: launches.main.product: 'netwrok' is unknown; did you mean network?"
    )


def test_a_file_that_cannot_be_read_does_not_hide_the_others(project: Project) -> None:
    project.write("platform", "display-name: [\n")
    project.write("other", PORTFOLIO.replace("provider", "maker"))
    # The system launches a product of the unreadable portfolio, which is no second problem.
    assert [problem.partition(" ")[2] for problem in project.problems()] == [
        "provider is missing",
        "maker is unknown; there is access, adopted, compliance, constraints, description, display-name, "
        "environment-class, environments, launch-role, notifications, products, provider, retire, share, tag-options, "
        "tag-updates, tags",
        "cannot be read: expected the node content, but found '<stream end>'",
    ]


def test_unreadable_environments_stop_the_rest(project: Project) -> None:
    project.write("environments", "hub: [\n")
    project.change("platform", "[dev, prod]", "[dev, prd]")
    assert project.problems() == [
        "environments.yaml:2: cannot be read: expected the node content, but found '<stream end>'"
    ]


def test_without_environments_nobody_is_told_to_name_an_unknown_one(project: Project) -> None:
    project.write("environments", 'hub: {account: "111111111111"}\n')
    assert project.problems() == ["environments.yaml:1: environments is missing"]


def test_a_directory_that_is_no_project(tmp_path: Path) -> None:
    with pytest.raises(ManifestError) as error:
        load(tmp_path, PRODUCTS)
    assert [str(problem) for problem in error.value.problems] == ["portfolios/environments.yaml:1: the file is missing"]
    assert error.value.hint == "factory init DIR starts a project"


def test_a_file_that_is_no_manifest_is_not_read(project: Project) -> None:
    (project.root / "portfolios" / "README.md").write_text("# Portfolios\n")
    assert [portfolio.name for portfolio in project.load().portfolios] == ["platform"]


@pytest.mark.parametrize("name", ["Platform.yaml", "platform.yml", "my_platform.yaml"])
def test_a_file_name_is_a_name(project: Project, name: str) -> None:
    (project.root / "portfolios" / name).write_text(PORTFOLIO)
    assert project.problems() == [
        f"{name}:1: the file needs a name of lower-case letters, digits and single hyphens that begins with a letter "
        "and ends in .yaml"
    ]


def test_a_link_may_not_leave_the_project(project: Project, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "other.yaml"
    outside.write_text(PORTFOLIO)
    (project.root / "portfolios" / "other.yaml").symlink_to(outside)
    assert project.problems() == ["other.yaml:1: the file is a link that leads out of the project"]


def test_a_region_of_the_hub_holds_a_limited_number_of_products(project: Project) -> None:
    products = {ProductName(f"product-{n}"): VersionName("1.0.0") for n in range(150)}
    offers = "".join(f"  {name}: {{dev: current, prod: current}}\n" for name in products)
    project.write("systems/shop", "display-name: S\nenvironments: [dev]\nlaunches: {product-1: }\n")
    project.write("platform", PORTFOLIO[: PORTFOLIO.index("  network")] + offers)
    assert len(load(project.root, products).portfolios) == 1

    more = {ProductName(f"other-{n}"): VersionName("1.0.0") for n in range(26)}
    offers = "".join(f"  {name}: {{dev: current, prod: current}}\n" for name in more)
    project.write("other", PORTFOLIO[: PORTFOLIO.index("  network")] + offers)
    with pytest.raises(ManifestError) as error:
        load(project.root, {**products, **more})
    assert [problem.message for problem in error.value.problems] == [
        "the hub would hold 352 products in us-east-1; 350 are possible"
    ]


def test_a_portfolio_holds_a_limited_number_of_products(project: Project) -> None:
    products = {ProductName(f"product-{n}"): VersionName("1.0.0") for n in range(151)}
    offers = "".join(f"  {name}: {{dev: current}}\n" for name in products)
    project.write("systems/shop", "display-name: S\nenvironments: [dev]\nlaunches: {product-1: }\n")
    project.write("platform", PORTFOLIO[: PORTFOLIO.index("  network")] + offers)
    with pytest.raises(ManifestError) as error:
        load(project.root, products)
    assert [problem.message for problem in error.value.problems] == [
        "products names 151 products; 150 are possible in a portfolio"
    ]


def test_a_region_of_the_hub_holds_a_limited_number_of_portfolios(project: Project) -> None:
    for number in range(50):
        project.write(f"p{number}", PORTFOLIO)
    assert project.problems() == [
        "environments.yaml:1: the hub would hold 102 portfolios in us-east-1; 100 are possible"
    ]


def test_the_shipped_manifests_are_right() -> None:
    from factory.synthesis.discovery import discover

    versions = {ProductName(name): VersionName(product.version) for name, product in discover(ROOT).items()}
    manifest = load(ROOT, versions)
    accounts = [manifest.hub.account, *(environment.account for environment in manifest.environments)]
    assert len(set(accounts)) == len(accounts)
    for environment in ("dev", "staging", "prod"):
        assert environment in manifest.portfolio("platform").environments
        assert environment in manifest.system("fastapi-platform").environments
