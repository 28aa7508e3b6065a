"""Finds the manifests of a project, reads each, and checks what only shows when they are seen together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from factory.catalog.environments import Environment, Hub
from factory.catalog.manifest.blueprints import blueprint
from factory.catalog.manifest.document import parse, read
from factory.catalog.manifest.environments import hub_and_environments
from factory.catalog.manifest.fields import Field
from factory.catalog.manifest.forms import NAME
from factory.catalog.manifest.model import DeclaredPortfolio, Manifest, Offer
from factory.catalog.manifest.portfolios import Products, adopted, portfolio
from factory.catalog.manifest.systems import system
from factory.catalog.model import (
    EnvironmentName,
    Guidance,
    PortfolioName,
    ProductName,
    Region,
    VersionName,
)
from factory.catalog.systems import System, SystemLaunch
from factory.errors import ManifestError, Problem

_FOLDER = "portfolios"
_ENVIRONMENTS = f"{_FOLDER}/environments.yaml"
BLUEPRINTS = f"{_FOLDER}/blueprints.yaml"
"""What a new service consists of; a project need not have it."""

_MAXIMUM_PER_REGION = {"portfolios": 100, "products": 350}


_NO_DRAFTS: Mapping[str, str] = MappingProxyType({})
_Versions = frozenset[tuple[VersionName, Guidance]]


def load(project: Path, products: Products, drafts: Mapping[str, str] = _NO_DRAFTS) -> Manifest:
    """The manifests of a project directory, checked against its products and the versions that their code has.

    `drafts` are the texts of files, by their path in the project, that count in place of what is on disk.
    Raises ManifestError with every problem of every file. Limits are those of the AWS Service Catalog Administrator
    Guide, "Service quotas", and of the API reference.
    """
    problems: list[Problem] = []
    if not (project / _ENVIRONMENTS).is_file():
        problems.append(Problem(file=_ENVIRONMENTS, line=1, message="the file is missing"))
        raise ManifestError(problems, hint="factory init DIR starts a project")
    root = _open(project, _ENVIRONMENTS, problems)
    portfolio_roots = _roots(project, _FOLDER, problems, drafts)
    system_roots = _roots(project, f"{_FOLDER}/systems", problems, drafts)
    blueprint_root = _open(project, BLUEPRINTS, problems) if (project / BLUEPRINTS).exists() else None
    if root is None:
        raise ManifestError(problems)

    hub, environments = hub_and_environments(root)
    if not environments:
        # All that names one would be told to name an unknown one.
        raise ManifestError(problems)
    readable = {name: found for name, found in portfolio_roots.items() if found}
    products = {**_adopted(readable), **products}
    portfolios = [portfolio(PortfolioName(name), found, environments, products) for name, found in readable.items()]
    _check_organization(hub, portfolios, readable)
    _check_same_versions(portfolios, readable)
    _check_same_retirement(portfolios, readable)
    _check_quotas(environments, portfolios, problems)

    offered = {environment.name: set[ProductName]() for environment in environments}
    for offer in (offer for declared in portfolios for offer in declared.offers):
        offered[offer.environment].add(offer.product)
    if len(readable) < len(portfolio_roots):
        # What an unreadable portfolio offers is unknown; reporting it as not offered would mislead.
        offered = {name: set(products) for name in offered}
    readable_systems = {name: found for name, found in system_roots.items() if found}
    systems = [system(name, found, environments, products, offered) for name, found in readable_systems.items()]
    _check_same_launches(systems, readable_systems)
    plan = blueprint(blueprint_root, environments, products) if blueprint_root else None
    if problems:
        raise ManifestError(problems)
    return Manifest(
        hub=hub, environments=environments, portfolios=tuple(portfolios), systems=tuple(systems), blueprint=plan
    )


def _adopted(roots: Mapping[str, Field]) -> dict[ProductName, None]:
    """The products that portfolio files describe, each in one of them."""
    first: dict[ProductName, str] = {}
    for root in roots.values():
        for name, field in adopted(root):
            if name in first:
                field.problem(f"is described in {first[name]} already; one description counts for all portfolios")
            first.setdefault(name, field.file)
    return dict.fromkeys(first)


def _roots(
    project: Path, folder: str, problems: list[Problem], drafts: Mapping[str, str] = _NO_DRAFTS
) -> dict[str, Field | None]:
    """The files of a folder by the name that each gives to what it declares; None for one that cannot be read."""
    roots = {}
    drafted = {project / file for file in drafts if Path(file).parent == Path(folder)}
    for path in sorted({*(project / folder).glob("*.y*ml"), *drafted}):
        file = f"{folder}/{path.name}"
        if file in {_ENVIRONMENTS, BLUEPRINTS}:
            continue
        if path.suffix != ".yaml" or not NAME.fits(path.stem):
            message = f"the file needs {NAME.words} and ends in .yaml"
            problems.append(Problem(file=file, line=1, message=message))
        else:
            roots[path.stem] = _open(project, file, problems, drafts.get(file))
    return roots


def _open(project: Path, file: str, problems: list[Problem], draft: str | None = None) -> Field | None:
    path = project / file
    if not path.resolve().is_relative_to(project.resolve()):
        problems.append(Problem(file=file, line=1, message="the file is a link that leads out of the project"))
        return None
    node, found = read(path, file) if draft is None else parse(draft, file)
    problems += found
    return Field(file=file, label="", line=1, node=node, problems=problems) if node else None


def _check_organization(hub: Hub, portfolios: Sequence[DeclaredPortfolio], roots: Mapping[str, Field]) -> None:
    """A portfolio can be shared with the hub's own organization only."""
    for declared in portfolios:
        named = declared.sharing.id if declared.sharing else ""
        if named.startswith("o-") and hub.organization not in (None, named):
            roots[declared.name].child("share", "organization").problem(
                f"is {named}, but {_ENVIRONMENTS} says that the hub is in {hub.organization}"
            )


def _check_same_versions(portfolios: Sequence[DeclaredPortfolio], roots: Mapping[str, Field]) -> None:
    """A version is visible wherever its product is, so portfolios that share a product must agree on its versions."""
    first: dict[tuple[ProductName, EnvironmentName], tuple[PortfolioName, _Versions]] = {}
    for declared in portfolios:
        for key, versions in _by_product(declared.offers).items():
            other, others = first.setdefault(key, (declared.name, versions))
            if versions != others:
                product, environment = key
                roots[declared.name].child("products", product, environment).problem(
                    f"offers {_listed(versions)}, but portfolio {other} offers {_listed(others)}: "
                    "a version is visible wherever its product is, so both must name the same"
                )


def _check_same_retirement(portfolios: Sequence[DeclaredPortfolio], roots: Mapping[str, Field]) -> None:
    """Versions end wherever their product is, so portfolios that share a product must agree on that, too."""
    first: dict[tuple[ProductName, EnvironmentName], DeclaredPortfolio] = {}
    for declared in portfolios:
        for key in _by_product(declared.offers):
            other, product = first.setdefault(key, declared), key[0]
            if dict(declared.retirements).get(product) != dict(other.retirements).get(product):
                roots[declared.name].child("retire", "products", product).problem(
                    f"retires {product} in {key[1]} otherwise than portfolio {other.name}, which offers it there, too"
                )


def _check_same_launches(systems: Sequence[System], roots: Mapping[str, Field]) -> None:
    """An account has one launch of a name, so that systems which name the same must mean the same."""
    first: dict[tuple[str, EnvironmentName], tuple[System, SystemLaunch]] = {}
    for declared in systems:
        found: dict[tuple[str, str], None] = {}
        for place in declared.environments:
            for launch in declared.launches_in(place):
                other, others = first.setdefault((launch.name, place), (declared, launch))
                if launch.product != others.product:
                    found[launch.name, f"is {launch.product}, but {others.product} in system {other.name}"] = None
                elif launch.parameters_in(place) != others.parameters_in(place):
                    found[launch.name, f"has other parameters in {place} than in system {other.name}"] = None
        for name, what in found:
            roots[declared.name].child("launches", name).problem(f"{what}: an account has one launch of a name")


def _by_product(offers: Iterable[Offer]) -> dict[tuple[ProductName, EnvironmentName], _Versions]:
    found: dict[tuple[ProductName, EnvironmentName], set[tuple[VersionName, Guidance]]] = {}
    for offer in offers:
        found.setdefault((offer.product, offer.environment), set()).add((offer.version, offer.guidance))
    return {key: frozenset(versions) for key, versions in found.items()}


def _listed(versions: _Versions) -> str:
    texts = (f"{name}{' (deprecated)' if guidance is Guidance.DEPRECATED else ''}" for name, guidance in versions)
    return ", ".join(sorted(texts))


def _check_quotas(
    environments: Sequence[Environment], portfolios: Sequence[DeclaredPortfolio], problems: list[Problem]
) -> None:
    """Each environment has its own portfolios and products in the hub, which count there in each of its regions."""
    regions = {environment.name: environment.regions for environment in environments}
    found: dict[str, Counter[Region]] = {"portfolios": Counter(), "products": Counter()}
    for declared in portfolios:
        for name in declared.environments:
            found["portfolios"].update(regions[name])
    for _, name in {(offer.product, offer.environment) for declared in portfolios for offer in declared.offers}:
        found["products"].update(regions[name])
    for kind, counts in found.items():
        for region, count in sorted(counts.items()):
            if count > _MAXIMUM_PER_REGION[kind]:
                message = f"the hub would hold {count} {kind} in {region}; {_MAXIMUM_PER_REGION[kind]} are possible"
                problems.append(Problem(file=_ENVIRONMENTS, line=1, message=message))
