"""What was found, marked so that the factory knows it as its own; no id changes, and nothing is made anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from factory.aws.adoption.finding import FoundPortfolio, FoundProduct, FoundVersion
from factory.aws.adoption.naming import Chosen
from factory.aws.adoption.templates import Fetched, fetch
from factory.aws.artifacts import ArtifactStore
from factory.aws.descriptions import MAXIMUM_CHARACTERS, digest_text
from factory.aws.errors import translated
from factory.aws.ids import distributor, mark
from factory.aws.paging import items
from factory.aws.requests import tag_list
from factory.aws.session import Accounts
from factory.catalog.marks import PORTFOLIO_TAG, PRODUCT_TAG
from factory.catalog.model import (
    CatalogProduct,
    Digest,
    Place,
    Portfolio,
    PortfolioName,
    ProductName,
    Version,
    VersionName,
    version_number,
)
from factory.catalog.naming import name_like
from factory.errors import CatalogError, PlanError

_WORKERS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One call that changes a text or tag of what is there."""

    subject: str
    details: tuple[str, ...]
    operation: str
    """Service Catalog's, as boto3 names it."""
    arguments: tuple[tuple[str, Any], ...] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A template that the artifact bucket does not have yet."""

    product: ProductName
    version: VersionName
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoption:
    """How a portfolio is taken over, and what it then is."""

    place: Place
    portfolio: Portfolio
    """As the factory will read it."""
    products: tuple[CatalogProduct, ...]
    records: tuple[Record, ...]
    marks: tuple[Mark, ...]
    """Versions first, the portfolio last: the factory looks at none of them before its portfolio is marked."""
    notes: tuple[str, ...]
    """What somebody must know before they agree."""

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.records or self.marks)


def prepare(
    accounts: Accounts,
    store: ArtifactStore,
    found: FoundPortfolio,
    name: PortfolioName,
    chosen: Sequence[Chosen],
    code: Mapping[tuple[ProductName, VersionName], Digest],
) -> Adoption:
    """Fetch the templates, and say what taking the portfolio over comes to. Changes nothing.

    `code` are the versions that the project's code has. Raises PlanError with every version that can't be taken over.
    """
    place = found.place
    taking = _Taking(accounts=accounts, store=store, place=place, code=code)
    with ThreadPoolExecutor(max_workers=_WORKERS, thread_name_prefix="adopt") as pool:
        outcomes = list(pool.map(taking.product, chosen))
        elsewhere = list(pool.map(lambda item: taking.elsewhere(item.found, found.id), chosen))
    problems = [problem for outcome in outcomes for problem in outcome.problems]
    if problems:
        hints = dict.fromkeys(outcome.hint for outcome in outcomes if outcome.hint)
        raise PlanError(
            "versions that can't be taken over:" + "".join(f"\n  {problem}" for problem in problems),
            hint=next(iter(hints), None) or "make them inactive, or leave their product: --leave PRODUCT_ID",
        )
    names = {item.found.id: item.name for item in chosen}
    return Adoption(
        place=place,
        portfolio=replace(
            found.portfolio,
            name=name,
            products=frozenset(names.values()),
            constraints=frozenset(
                replace(item, product=names[item.product])
                for item in found.portfolio.constraints
                if item.product in names
            ),
        ),
        products=tuple(sorted((outcome.product for outcome in outcomes), key=lambda item: item.name)),
        records=tuple(record for outcome in outcomes for record in outcome.records),
        marks=(
            *(item for outcome in outcomes for item in outcome.marks),
            *(item for one in chosen for item in _product_mark(one, place)),
            *_portfolio_mark(found, name),
        ),
        notes=(
            *_notes(found, chosen, code),
            *(note for outcome in outcomes for note in outcome.notes),
            *(note for group in elsewhere for note in group),
        ),
    )


def take_over(
    accounts: Accounts, store: ArtifactStore, adoption: Adoption, progress: Callable[[str], None] = lambda _: None
) -> None:
    """Carry it out. What an interrupted or failed run did, the next one finds done.

    Raises CatalogError where AWS refuses a call.
    """
    place = adoption.place
    hub = accounts.in_hub("servicecatalog", place.region)
    for record in adoption.records:
        progress(f"template {record.product} {record.version}")
        store.record(place.region, record.product, record.version, record.body)
    for item in adoption.marks:
        progress(item.subject)
        with translated(f"take over {item.subject} in {place}"):
            getattr(hub, item.operation)(**dict(item.arguments))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """A product as it will be, what that takes, and what is wrong."""

    product: CatalogProduct
    records: tuple[Record, ...]
    marks: tuple[Mark, ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    accounts: Accounts
    store: ArtifactStore
    place: Place
    code: Mapping[tuple[ProductName, VersionName], Digest]

    def product(self, chosen: Chosen) -> _Outcome:
        versions: list[Version] = []
        records: list[Record] = []
        marks: list[Mark] = []
        notes: list[str] = []
        problems: list[str] = []
        hint = ""
        for found, name in chosen.versions:
            label = f"{chosen.name} {name} ({found.id})"
            try:
                digest, fetched = self._template(chosen, found, name)
            except CatalogError as error:
                if found.active:
                    problems.append(f"{label}: {error.message}")
                else:
                    # What nobody is offered may stay as it is.
                    notes.append(f"{label} is not active, and stays as it is: {error.message}")
                    versions.append(Version(name=name, digest=found.digest, active=False))
                continue
            if why := self._other(chosen.name, name, digest):
                problems.append(f"{label}: {why}")
                other = name_like(f"{chosen.name}-adopted", {product for product, _ in self.store.releases()})
                hint = f"take it over under another name: --as {chosen.found.id}={other}"
                continue
            if fetched:
                records.append(Record(product=chosen.name, version=name, body=fetched.body))
                if fetched.written > found.created:
                    notes.append(
                        f"{label}: its template {fetched.source} was written at {fetched.written:%Y-%m-%d %H:%M}, "
                        "after the version was made: make sure that it is still the same"
                    )
            marks += _version_mark(chosen, found, name, digest)
            versions.append(Version(name=name, digest=digest, guidance=found.guidance, active=found.active))
        taken = {found.id for found, _ in chosen.versions}
        versions += [
            Version(name=VersionName(found.name or found.id), digest=found.digest, active=False)
            for found in chosen.found.versions
            if found.id not in taken
        ]
        ordered = sorted(versions, key=lambda version: (version_number(version.name), version.name))
        return _Outcome(
            product=replace(chosen.found.texts, name=chosen.name, versions=tuple(ordered)),
            records=tuple(records),
            marks=tuple(marks),
            notes=tuple(notes),
            problems=tuple(problems),
            hint=hint,
        )

    def elsewhere(self, product: FoundProduct, portfolio_id: str) -> list[str]:
        """A note on a product that other portfolios offer, too."""
        with translated(f"portfolios of {product.label}"):
            hub = self.accounts.in_hub("servicecatalog", self.place.region)
            listed = list(items(hub, "ListPortfoliosForProduct", "PortfolioDetails", ProductId=product.id))
        others = sorted(f"{item['DisplayName']} ({item['Id']})" for item in listed if item["Id"] != portfolio_id)
        if not others:
            return []
        return [f"{product.label} is in {', '.join(others)}, too: what is published of it shows there as well"]

    def _template(self, chosen: Chosen, found: FoundVersion, name: VersionName) -> tuple[Digest, Fetched | None]:
        """The digest of a version's template, and the template where the artifact bucket does not have it yet."""
        if found.digest and self.store.releases().get((chosen.name, name)) == found.digest:
            return found.digest, None
        fetched = fetch(self.accounts, self.place.region, chosen.found.id, found.id)
        digest = Digest(hashlib.sha256(fetched.body).hexdigest())
        is_there = self.store.releases().get((chosen.name, name)) == digest
        return digest, None if is_there else fetched

    def _other(self, product: ProductName, version: VersionName, digest: Digest) -> str:
        if self.store.releases().get((product, version)) not in (None, digest):
            return f"the factory published {product} {version} with another template"
        if self.code.get((product, version)) not in (None, digest):
            return f"the code's {product} {version} is another template"
        return ""


def _notes(
    found: FoundPortfolio, chosen: Sequence[Chosen], code: Mapping[tuple[ProductName, VersionName], Digest]
) -> Iterator[str]:
    if found.stack:
        yield (
            f"portfolio {found.id} is managed by CloudFormation stack {found.stack}, which would undo what the factory "
            "does: take it out of there with DeletionPolicy: Retain"
        )
    coded = {product for product, _ in code}
    for item in chosen:
        if item.name in coded:
            yield f"{item.found.label}: the project has code of that name, which gives its next version and its texts"
    taken = {item.found.id for item in chosen}
    for product in found.products:
        if product.id not in taken:
            yield f"{product.label} stays as it is: {product.refusal}"


def _version_mark(chosen: Chosen, found: FoundVersion, name: VersionName, digest: Digest) -> Iterator[Mark]:
    changes: dict[str, str] = {}
    details = []
    if found.digest != digest:
        end = f"template {digest_text(digest)}"
        kept = found.description[: MAXIMUM_CHARACTERS - len(end) - 2]
        changes["Description"] = f"{kept}, {end}" if kept else end
        details.append(f"its description ends with {digest_text(digest)[:19]}…")
    if found.name != name:
        changes["Name"] = name
        details.append(f"name: {found.name or '(none)'} → {name}")
    if changes:
        ids = {"ProductId": chosen.found.id, "ProvisioningArtifactId": found.id}
        yield Mark(
            subject=f"version {chosen.name} {name}",
            details=tuple(details),
            operation="update_provisioning_artifact",
            arguments=tuple({**ids, **changes}.items()),
        )


def _product_mark(chosen: Chosen, place: Place) -> Iterator[Mark]:
    found, marked = chosen.found, mark(place, chosen.name)
    changes: dict[str, Any] = {}
    details = []
    if found.mark != marked:
        changes["AddTags"] = tag_list(((PRODUCT_TAG, marked),))
        details.append(f"tag {PRODUCT_TAG}: {marked}")
    if found.distributor != distributor(place):
        # The hub's lists show it where they do not show tags: without it, a product is lost with its portfolio.
        changes["Distributor"] = distributor(place)
        details.append(f"distributor: {found.distributor or '(none)'} → {distributor(place)}")
    if found.name != chosen.name:
        changes["Name"] = chosen.name
        details.append(f"name: {found.name} → {chosen.name}")
    if changes:
        yield Mark(
            subject=f"product {chosen.name}",
            details=tuple(details),
            operation="update_product",
            arguments=(("Id", found.id), *changes.items()),
        )


def _portfolio_mark(found: FoundPortfolio, name: PortfolioName) -> Iterator[Mark]:
    marked = mark(found.place, name)
    if found.mark != marked:
        yield Mark(
            subject=f"portfolio {name}",
            details=(f"tag {PORTFOLIO_TAG}: {marked}",),
            operation="update_portfolio",
            arguments=(("Id", found.id), ("AddTags", tag_list(((PORTFOLIO_TAG, marked),)))),
        )
