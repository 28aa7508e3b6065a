"""Reads one portfolio file: what it is called, which versions it offers where, and to whom."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from factory.catalog.controls import FRAMEWORKS
from factory.catalog.environments import Environment
from factory.catalog.manifest.constraints import KEYS, constraints
from factory.catalog.manifest.fields import Field, Form, at_most
from factory.catalog.manifest.forms import NAME, ORGANIZATION, UNIT, VERSION, account_id
from factory.catalog.manifest.model import DeclaredPortfolio, Offer, Sharing
from factory.catalog.manifest.retirement import retirements
from factory.catalog.model import (
    MAXIMUM_VERSIONS,
    EnvironmentName,
    Guidance,
    Listing,
    PortfolioName,
    Principal,
    PrincipalType,
    ProductName,
    ShareTarget,
    TagOption,
    Tags,
    VersionName,
)

Products = Mapping[ProductName, VersionName | None]
"""Each known product with the version that the code has; none for one that a portfolio file adopts."""

CURRENT = "current"
"""In place of a version: the one that the code has."""

_ADOPTED = "adopted"

_OFFERED = Form(VERSION.pattern, f"{VERSION.words}, or `{CURRENT}`")
_TAG_KEY = Form(r"(?!aws:|factory:)((?u:\w)|[ .:/=+@-]){1,128}", "a tag key that does not begin with aws: or factory:")
_TAG_VALUE = Form(
    r"((?u:\w)|[ .:/=+@-]){1,256}", "a tag value of at most 256 letters, digits, spaces and . : / = + @ - _"
)
_PRINCIPAL = Form(
    r"(arn:aws[a-z-]*:iam::(\d{12})?:)?(role|user|group)/[\w+=,.@/*?-]+",
    "a name pattern such as role/team-* or an ARN of a role, user or group",
)

# AWS Service Catalog Administrator Guide, "Service quotas".
_MAXIMUM_PRODUCTS = 150
_MAXIMUM_PRINCIPALS = 100
_MAXIMUM_PATTERNS = 10
_MAXIMUM_TAG_OPTIONS = 25
_MAXIMUM_TAG_OPTION_VALUES = 25
# Service Catalog takes 20; the others mark what belongs to the factory.
_MAXIMUM_TAGS = 15
# CreateProduct, API reference.
_MAXIMUM_OWNER = _MAXIMUM_DESCRIPTION = 8191
_MAXIMUM_EMAIL = 254
_MAXIMUM_URL = 2083


def portfolio(
    name: PortfolioName, root: Field, environments: Sequence[Environment], products: Products
) -> DeclaredPortfolio:
    """The content of a portfolio file."""
    section = root.section(
        *(
            "description",
            "tags",
            "access",
            "share",
            "tag-options",
            *KEYS,
            "constraints",
            "compliance",
            "retire",
            _ADOPTED,
        ),
        required=("display-name", "provider", "environments", "products"),
    )
    places = environment_names(section["environments"], [environment.name for environment in environments])
    offers = tuple(sorted(_offers(section["products"], places, products)))
    offered = tuple(dict.fromkeys(offer.product for offer in offers))
    sharing = _sharing(section["share"])
    accounts = [environment.account for environment in environments if environment.name in places]
    rules, free = constraints(section, offered)
    frameworks = frozenset(item.one_of(FRAMEWORKS) for item in section["compliance"].items("framework")) - {""}
    unseen = [product for product in offered if products[product] is None]
    if frameworks and unseen:
        section["compliance"].problem(f"asks for what cannot be checked of {', '.join(unseen)}, which no code makes")
    return DeclaredPortfolio(
        name=name,
        display_name=section["display-name"].text(form=at_most(100)),
        provider=section["provider"].text(form=at_most(50)),
        description=section["description"].text(form=at_most(2000)),
        tags=_tags(section["tags"]),
        environments=places,
        offers=offers,
        principals=frozenset(_principals(section["access"], accounts, sharing)),
        sharing=sharing,
        tag_options=frozenset(_tag_options(section["tag-options"])),
        constraints=rules,
        compliance=frameworks,
        free=free,
        adopted=tuple(sorted(_adopted(section[_ADOPTED]), key=lambda item: item[0])),
        retirements=tuple(retirements(section["retire"], offered)),
    )


def adopted(root: Field) -> Iterator[tuple[ProductName, Field]]:
    """The names of the products that a portfolio file describes, and where; how it does so is not looked at."""
    field = root.child(_ADOPTED) if root.is_mapping else root
    if field.label == _ADOPTED and field.is_mapping:
        yield from ((ProductName(key.text()), value) for key, value in field.entries())


def environment_names(field: Field, known: Sequence[EnvironmentName]) -> tuple[EnvironmentName, ...]:
    """A list of environments, each at most once."""
    found: dict[EnvironmentName, None] = {}
    for item in field.items("environment"):
        name = EnvironmentName(item.one_of(known))
        if name in found:
            item.problem(f"names {name} a second time")
        if name:
            found[name] = None
    return tuple(found)


def _offers(field: Field, environments: Sequence[EnvironmentName], products: Products) -> Iterator[Offer]:
    entries = list(field.entries())
    if len(entries) > _MAXIMUM_PRODUCTS:
        field.problem(f"names {len(entries)} products; {_MAXIMUM_PRODUCTS} are possible in a portfolio")
    for key, offered in entries:
        product = ProductName(key.one_of(products))
        for environment, versions in offered.entries():
            name = EnvironmentName(environment.one_of(environments))
            if product and name:
                yield from _versions(product, name, versions, products[product])


def _versions(
    product: ProductName, environment: EnvironmentName, field: Field, current: VersionName | None
) -> Iterator[Offer]:
    """A version, a list of versions, or a mapping from version to guidance."""
    choices: list[tuple[Field, Guidance]] = []
    if field.is_mapping:
        for key, value in field.entries():
            choices.append((key, Guidance(value.one_of([item.lower() for item in Guidance], "default").upper())))
    elif field.is_list:
        choices += ((item, Guidance.DEFAULT) for item in field.items())
    else:
        choices.append((field, Guidance.DEFAULT))
    if not choices:
        field.problem("names no version; leave the environment out to offer none")
    if len(choices) > MAXIMUM_VERSIONS:
        field.problem(f"names {len(choices)} versions; {MAXIMUM_VERSIONS} are possible")

    seen = set()
    for item, guidance in choices:
        text = item.text(CURRENT)
        if current is None and text == CURRENT:
            item.problem(f"is `{CURRENT}`, but no code has a version of {product}: name one that was published")
            continue
        version = VersionName(current if current and text == CURRENT else item.text(current or "", _OFFERED))
        if version in seen:
            item.problem(
                f"names {version} a second time" + (", as that is what `current` is" if text != version else "")
            )
            continue
        seen.add(version)
        yield Offer(product=product, environment=environment, version=version, guidance=guidance)


def _adopted(field: Field) -> Iterator[tuple[ProductName, Listing]]:
    """What the catalog shows of products that no code describes."""
    for key, value in field.entries():
        section = value.section("description", "support-email", "support-url", "tags", required=("owner",))
        yield (
            ProductName(key.text(form=NAME)),
            Listing(
                description=section["description"].text(form=at_most(_MAXIMUM_DESCRIPTION)),
                owner=section["owner"].text(form=at_most(_MAXIMUM_OWNER)),
                support_email=section["support-email"].text(form=at_most(_MAXIMUM_EMAIL)),
                support_url=section["support-url"].text(form=at_most(_MAXIMUM_URL)),
                tags=_tags(section["tags"]),
            ),
        )


def _tags(field: Field) -> Tags:
    tags = tuple(sorted((key.text(form=_TAG_KEY), value.text(form=_TAG_VALUE)) for key, value in field.entries()))
    if len(tags) > _MAXIMUM_TAGS:
        field.problem(f"names {len(tags)} tags; {_MAXIMUM_TAGS} are possible, as the factory adds its own")
    return tags


def _tag_options(field: Field) -> Iterator[TagOption]:
    entries = list(field.entries())
    if len(entries) > _MAXIMUM_TAG_OPTIONS:
        field.problem(f"names {len(entries)} keys; {_MAXIMUM_TAG_OPTIONS} are possible on a portfolio")
    for key, values in entries:
        name, items = key.text(form=_TAG_KEY), values.items()
        if values.is_list and not 1 <= len(items) <= _MAXIMUM_TAG_OPTION_VALUES:
            values.problem(f"names {len(items)} values; 1 to {_MAXIMUM_TAG_OPTION_VALUES} are possible")
        for item in items:
            yield TagOption(key=name, value=item.text(form=_TAG_VALUE))


def _sharing(field: Field) -> Sharing | None:
    """By default each environment's own account."""
    section = field.section("account", "accounts", "organization", "organizational-unit", "tag-options", "principals")
    targets = [key for key in ("account", "organization", "organizational-unit") if section[key]]
    if len(targets) > 1:
        field.problem(f"names {' and '.join(targets)}: a portfolio is shared in one way")
    target, id_ = ShareTarget.ACCOUNT, ""
    if section["organization"]:
        target, id_ = ShareTarget.ORGANIZATION, section["organization"].text(form=ORGANIZATION)
    elif section["organizational-unit"]:
        target, id_ = ShareTarget.ORGANIZATIONAL_UNIT, section["organizational-unit"].text(form=UNIT)
    elif not section["account"].flag(True):
        if section["accounts"]:
            section["accounts"].problem("adds to the environment's own account, which `account: false` excludes")
        return None
    principals = section["principals"].flag(False)
    if principals and target is ShareTarget.ACCOUNT:
        section["principals"].problem("can be shared with an organization or organizational unit only")
    return Sharing(
        target=target,
        id=id_,
        tag_options=section["tag-options"].flag(True),
        principals=principals,
        accounts=tuple(sorted({account_id(item) for item in section["accounts"].items("account")})),
    )


def _principals(field: Field, accounts: Sequence[str], sharing: Sharing | None) -> Iterator[Principal]:
    found: dict[PrincipalType, int] = dict.fromkeys(PrincipalType, 0)
    for item in field.items():
        text = item.text(form=_PRINCIPAL)
        if not text:
            continue
        principal = _principal(text)
        found[principal.type] += 1
        if principal.type is PrincipalType.IAM:
            account = text.split(":")[4]
            if re.search(r"[*?]", text):
                item.problem("names an account and a pattern: an ARN with an account takes no * and ?")
            if account not in accounts:
                item.problem(f"is in account {account}, which is no environment of this portfolio")
            if sharing and sharing.principals:
                item.problem("names an account: only patterns are shared, such as role/team-*")
        yield principal
    if found[PrincipalType.IAM_PATTERN] > _MAXIMUM_PATTERNS:
        field.problem(f"names {found[PrincipalType.IAM_PATTERN]} patterns; {_MAXIMUM_PATTERNS} are possible")
    if sum(found.values()) > _MAXIMUM_PRINCIPALS:
        field.problem(f"names {sum(found.values())} principals; {_MAXIMUM_PRINCIPALS} are possible")


def _principal(text: str) -> Principal:
    if not text.startswith("arn:"):
        return Principal(arn=f"arn:aws:iam:::{text}", type=PrincipalType.IAM_PATTERN)
    exact = text.split(":")[4]
    return Principal(arn=text, type=PrincipalType.IAM if exact else PrincipalType.IAM_PATTERN)
