"""What found portfolios, products and versions are called in the manifests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from factory.aws.adoption.finding import FoundPortfolio, FoundProduct, FoundVersion
from factory.catalog.model import PortfolioName, ProductName, VersionName
from factory.catalog.naming import is_name, is_version, name_like, versions_like
from factory.errors import PlanError, UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A product that is to be taken over, with its name and those of its versions."""

    found: FoundProduct
    name: ProductName
    versions: tuple[tuple[FoundVersion, VersionName], ...]
    """Those that get a place in the artifact bucket. One that is not active and has an odd name stays as it is."""


def choose_name(found: FoundPortfolio, asked: str | None) -> PortfolioName:
    """The portfolio's name: the one that it has already, else what was asked for, else one like what AWS calls it.

    Raises UsageError for a name that no file may have, PlanError for one that another portfolio of the place has.
    """
    _, _, before = found.mark.partition("/")
    name = asked or before or name_like(found.portfolio.display_name)
    if not is_name(name):
        raise UsageError(
            f"portfolio name {name}: a name is lower-case words joined by hyphens", hint=f"--name {name_like(name)}"
        )
    if before and before != name:
        raise PlanError(
            f"portfolio {found.id} belongs to the factory already, as {found.mark}", hint=f"--name {before}"
        )
    other = found.owned_portfolios.get(name, found.id)
    if other != found.id:
        raise PlanError(
            f"portfolio {name} in {found.place} is there already, with id {other}",
            hint=f"--name {name_like(name, {*found.owned_portfolios})}",
        )
    return PortfolioName(name)


def choose_names(found: FoundPortfolio, given: Mapping[str, str]) -> tuple[Chosen, ...]:
    """The products that are to be taken over, each with its names.

    `given` are names by id of product or version. Raises UsageError for an id that is not there, PlanError with
    everything that cannot be called as it is; the hint gives every such thing a name.
    """
    _refuse_unknown(found, given)
    problems: list[str] = []
    proposed: dict[str, str] = {}
    taken = dict(found.owned_products)
    chosen = []
    for product in found.products:
        if product.refusal:
            continue
        _, _, before = product.mark.partition("/")
        name = given.get(product.id) or before or product.name
        if why := _refused(name, product, before, taken):
            problems.append(f"{product.label}: {why}")
            proposed[product.id] = before or name_like(name, taken)
            name = proposed[product.id]
        taken[name] = product.id
        versions = tuple(_versions(product, given, problems, proposed))
        chosen.append(Chosen(found=product, name=ProductName(name), versions=versions))
    if problems:
        lines = "".join(f"\n  {problem}" for problem in problems)
        # Those that were given stand there again, so that the hint can be typed as it is.
        options = " ".join(f"--as {id_}={name}" for id_, name in {**given, **proposed}.items())
        raise PlanError(
            f"names that a manifest cannot have:{lines}",
            hint=f"let them have other names, in AWS too: {options}",
        )
    return tuple(chosen)


def _refused(name: str, product: FoundProduct, before: str, taken: Mapping[str, str]) -> str:
    if before and name != before:
        return f"it belongs to the factory as {before} already, and cannot be called {name}"
    if not is_name(name):
        return f"{name!r} is not lower-case words joined by hyphens"
    if taken.get(name, product.id) != product.id:
        return f"{name} is the name of {taken[name]} here"
    return ""


def _versions(
    product: FoundProduct, given: Mapping[str, str], problems: list[str], proposed: dict[str, str]
) -> Iterable[tuple[FoundVersion, VersionName]]:
    named = [(version, given.get(version.id, version.name)) for version in product.versions]
    fitting: dict[str, FoundVersion] = {}
    odd: list[tuple[FoundVersion, str]] = []
    for version, name in named:
        if name in fitting:
            problems.append(f"{product.label}: two versions are called {name}, {fitting[name].id} and {version.id}")
            odd.append((version, name))
        elif is_version(name):
            fitting[name] = version
        elif version.active or version.id in given:
            what = f"version {name!r}" if name else "a version without name"
            problems.append(f"{product.label}: {what} ({version.id}) is not three numbers such as 1.0.0")
            odd.append((version, name))
    free = versions_like([name for _, name in odd], map(VersionName, fitting))
    proposed |= {version.id: name for (version, _), name in zip(odd, free, strict=True)}
    yield from ((version, VersionName(name)) for name, version in fitting.items())


def _refuse_unknown(found: FoundPortfolio, ids: Iterable[str]) -> None:
    known = {product.id for product in found.products}
    known |= {version.id for product in found.products for version in product.versions}
    for id_ in ids:
        if id_ not in known:
            raise UsageError(f"portfolio {found.id} has no product or version {id_}")
