"""From values to the texts of files that declare them: a portfolio's, and a system's with further launches."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from factory.catalog.constraints.launch import Launch
from factory.catalog.constraints.notification import Notification
from factory.catalog.constraints.resource_update import ResourceUpdate
from factory.catalog.constraints.stack_set import StackSet
from factory.catalog.constraints.template import Template
from factory.catalog.manifest.constraints import FREE, NONE, PINNED
from factory.catalog.manifest.document import append, extend, write
from factory.catalog.manifest.model import DeclaredPortfolio, Offer, Sharing
from factory.catalog.model import Guidance, Listing, Principal, PrincipalType, ProductName, ShareTarget, TagOption
from factory.catalog.systems import System, SystemDefaults, SystemLaunch

_PATTERN = "arn:aws:iam:::"


def portfolio_text(declared: DeclaredPortfolio, comment: str) -> str:
    """A portfolio file that is read as this portfolio, below a comment of one line."""
    content = {
        "display-name": declared.display_name,
        "provider": declared.provider,
        "description": declared.description,
        "tags": dict(declared.tags),
        "environments": list(declared.environments),
        "products": _products(declared.offers),
        "access": sorted(map(_principal, declared.principals)),
        "share": _share(declared.sharing),
        "tag-options": _tag_options(declared.tag_options),
        **_constraints(declared),
        "compliance": sorted(declared.compliance),
        "adopted": {name: _listing(listing) for name, listing in declared.adopted},
    }
    # What a portfolio must have stands there also where it is empty.
    kept = {key: value for key, value in content.items() if value or key in {"environments", "products"}}
    return f"# {comment}\n{write(kept)}"


def extended(text: str, system: System, launches: Iterable[SystemLaunch]) -> str:
    """The text of a system's file with further launches, and all else as it was.

    What the system's defaults say already is not said again. Raises ManifestError where no launch can be added.
    """
    defaults = {item.product: item for item in system.defaults}
    entries = {launch.name: _launch(launch, defaults.get(launch.product)) for launch in launches}
    return extend(text, system.file, "launches", entries)


def listed(text: str, system: System, launch: str, parameter: str, item: str) -> str:
    """The text of a system's file with one more text in the list that a parameter of a launch has.

    Raises ManifestError where it has none.
    """
    return append(text, system.file, ["launches", launch, "parameters", parameter], item)


def _launch(launch: SystemLaunch, default: SystemDefaults | None) -> dict[str, Any]:
    default = default or SystemDefaults(product=launch.product)
    # A default that differs by environment goes before one that holds for all, but not before the launch's own.
    varied = {key for _, tags in default.environments for key, _ in tags}
    known = {key: value for key, value in default.parameters if key not in varied}
    content = {
        "product": launch.product,
        "only": list(launch.only) if launch.only != default.only else [],
        "after": list(launch.after),
        "parameters": {key: value for key, value in launch.parameters if known.get(key) != value},
        "environments": {place: dict(tags) for place, tags in launch.environments},
    }
    return {key: value for key, value in content.items() if value}


def _products(offers: Sequence[Offer]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, list[Offer]]] = {}
    for offer in offers:
        found.setdefault(offer.product, {}).setdefault(offer.environment, []).append(offer)
    return {
        product: {environment: _versions(offered) for environment, offered in places.items()}
        for product, places in found.items()
    }


def _versions(offers: Sequence[Offer]) -> Any:
    if any(offer.guidance is not Guidance.DEFAULT for offer in offers):
        return {str(offer.version): offer.guidance.lower() for offer in offers}
    versions = [str(offer.version) for offer in offers]
    return versions if len(versions) > 1 else versions[0]


def _principal(principal: Principal) -> str:
    if principal.type is PrincipalType.IAM_PATTERN:
        return principal.arn.removeprefix(_PATTERN)
    return principal.arn


def _share(sharing: Sharing | None) -> dict[str, Any]:
    if sharing is None:
        return {"account": False}
    target = sharing.target.lower().replace("_", "-")
    return {
        target: True if sharing.target is ShareTarget.ACCOUNT else sharing.id,
        **({"accounts": list(sharing.accounts)} if sharing.accounts else {}),
        **({} if sharing.tag_options else {"tag-options": False}),
        **({"principals": True} if sharing.principals else {}),
    }


def _tag_options(options: Iterable[TagOption]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for option in sorted(options):
        found.setdefault(option.key, []).append(option.value)
    return found


def _listing(listing: Listing) -> dict[str, Any]:
    content = {
        "owner": listing.owner,
        "description": listing.description,
        "support-email": listing.support_email,
        "support-url": listing.support_url,
        "tags": dict(listing.tags),
    }
    return {key: value for key, value in content.items() if value or key == "owner"}


# --- constraints --------------------------------------------------------------------------------------------------


def _constraints(declared: DeclaredPortfolio) -> dict[str, Any]:
    """The keys that hold for all products, each as most of them have it, and what is different for single ones."""
    products = sorted({offer.product for offer in declared.offers})
    settings = {product: _settings(declared, product) for product in products}
    keys = dict.fromkeys(key for found in settings.values() for key in found)
    general = {key: _commonest([found[key] for found in settings.values() if key in found]) for key in keys}
    own: dict[str, dict[str, Any]] = {}
    for product, found in settings.items():
        different = {key: value for key, value in found.items() if value != general[key]}
        own[product] = {**different, **_rules(declared, product)}
    return {
        **{key: value for key, value in general.items() if value not in ([], PINNED)},
        "constraints": {product: content for product, content in own.items() if content},
    }


def _settings(declared: DeclaredPortfolio, product: ProductName) -> dict[str, Any]:
    """What the product has of the keys that a portfolio may give for all."""
    role, updates, topics = NONE, NONE, list[str]()
    is_stack_set = False
    for constraint in declared.constraints:
        match constraint:
            case Launch() if constraint.product == product:
                role = constraint.local_role_name
                role = role.removesuffix(product) + "{product}" if role.endswith(f"-{product}") else role
            case ResourceUpdate() if constraint.product == product:
                updates = "allowed" if constraint.tag_updates else "refused"
            case Notification() if constraint.product == product:
                topics = list(constraint.topic_arns)
            case StackSet() if constraint.product == product:
                is_stack_set = True
    return {
        **({} if is_stack_set else {"launch-role": role}),
        "tag-updates": updates,
        "notifications": topics,
        "environment-class": FREE if product in declared.free else PINNED,
    }


def _rules(declared: DeclaredPortfolio, product: ProductName) -> dict[str, Any]:
    """What only a single product may have: its stack set, and its rules, one a TEMPLATE constraint."""
    found: dict[str, Any] = {}
    rules: dict[str, Any] = {}
    for constraint in sorted(declared.constraints, key=lambda item: item.identity):
        match constraint:
            case StackSet() if constraint.product == product:
                found["stack-set"] = {
                    "accounts": list(constraint.accounts),
                    "regions": list(constraint.regions),
                    "admin-role": constraint.admin_role_arn,
                    "execution-role": constraint.execution_role_name,
                    "instance-control": "allowed" if constraint.instance_control else "refused",
                }
            case Template() if constraint.product == product:
                rules |= json.loads(constraint.rules)
    return {**found, **({"rules": rules} if rules else {})}


def _commonest(values: Sequence[Any]) -> Any:
    texts = [json.dumps(value) for value in values]
    return json.loads(Counter(texts).most_common(1)[0][0])
