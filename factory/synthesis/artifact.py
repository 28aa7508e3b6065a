"""One product class to one artifact: canonical template bytes, digest, assets, and what it requires and provides."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from factory.authoring import Parameter, Product, Requires, Stack
from factory.authoring.assets import Asset
from factory.authoring.contract import ContractValue
from factory.authoring.parameters import SIZING
from factory.authoring.product import ENVIRONMENTS
from factory.catalog.model import Digest, ProductName, VersionName
from factory.errors import AuthoringError
from factory.synthesis.failure import told

_SUB_VARIABLE = re.compile(r"\$\{([A-Za-z0-9]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A synthesized product version. `body` is what is published, byte for byte."""

    product: ProductName
    version: VersionName
    description: str
    owner: str
    support_email: str
    support_url: str
    body: bytes = field(repr=False)
    assets: tuple[Asset, ...] = field(repr=False)
    requires: tuple[tuple[str, ContractValue], ...]
    """Template parameter and the contract value it reads."""
    finds: frozenset[ContractValue]
    """What the template reads where the launch asks for it."""
    provides: frozenset[ContractValue]

    @property
    def digest(self) -> Digest:
        """SHA-256 of the body; function code is covered, as the template names it by content."""
        return Digest(hashlib.sha256(self.body).hexdigest())

    @property
    def template(self) -> dict[str, Any]:
        """The template as data."""
        loaded: dict[str, Any] = json.loads(self.body)
        return loaded


def synthesize(product: type[Product]) -> Artifact:
    """Build a product. Raises AuthoringError where its code fails or breaks a rule of the authoring interface."""
    stack = Stack(product)
    try:
        product().build(stack)
        sections = _plain(stack.template.to_dict())
    except AuthoringError:
        raise
    except Exception as error:
        raise AuthoringError(f"product {product.name}: it cannot be built: {told(error)}") from error
    parameters = _used(product, sections)
    template = {**sections, **_declarations(parameters), "AWSTemplateFormatVersion": "2010-09-09"}
    conditions = {name: body for parameter in parameters for name, body in parameter.conditions().items()}
    if conditions := {**_plain(conditions), **sections.get("Conditions", {})}:
        mentioned = _mentions(template, conditions)
        template["Conditions"] = {name: body for name, body in conditions.items() if name in mentioned}
    return Artifact(
        product=ProductName(product.name),
        version=VersionName(product.version),
        description=product.description(),
        owner=product.maintainer,
        support_email=product.support_email,
        support_url=product.support_url,
        body=(json.dumps(template, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode(),
        assets=tuple(stack.assets[key] for key in sorted(stack.assets)),
        requires=tuple(
            (parameter.name, parameter.value) for parameter in parameters if isinstance(parameter, Requires)
        ),
        finds=frozenset(stack.found),
        provides=frozenset(stack.provided),
    )


def at_version(product: type[Product], version: VersionName) -> type[Product]:
    """The product as it will be once its class says this version."""
    texts = {"name": product.name, "version": version, "__doc__": product.__doc__, "__module__": product.__module__}
    return type(product.__name__, (product,), texts)


def _used(product: type[Product], sections: dict[str, Any]) -> tuple[Parameter, ...]:
    """The parameters that the template mentions. One of the product's own that it does not mention is an error."""
    mentioned = set(_references(sections))
    used, idle = [], []
    for parameter in product.parameters():
        if parameter.name in mentioned or parameter.conditions().keys() & mentioned:
            used.append(parameter)
        elif not product.is_inherited(parameter):
            idle.append(parameter.name)
    if idle:
        raise AuthoringError(f"product {product.name}: asks for {', '.join(idle)} but never uses it")
    return tuple(used)


def _declarations(parameters: tuple[Parameter, ...]) -> dict[str, Any]:
    """The sections that follow from the parameters: themselves, the sizing table and the console's form."""
    sizing = {
        name: {parameter.name: parameter.sizing()[name] for parameter in parameters if parameter.sizing()}
        for name in ENVIRONMENTS
    }
    groups: dict[str, list[str]] = {}
    for parameter in parameters:
        groups.setdefault(parameter.group, []).append(parameter.name)
    form = {
        "ParameterGroups": [{"Label": {"default": name}, "Parameters": names} for name, names in groups.items()],
        "ParameterLabels": {parameter.name: {"default": parameter.label} for parameter in parameters},
    }
    declared: dict[str, Any] = {
        "Parameters": {parameter.name: _plain(parameter.declare().to_dict()) for parameter in parameters},
        "Metadata": {"AWS::CloudFormation::Interface": form},
    }
    if any(sizing.values()):
        declared["Mappings"] = {SIZING: sizing}
    return declared


def _mentions(template: dict[str, Any], conditions: dict[str, Any]) -> set[str]:
    """The conditions that resources, outputs or other mentioned conditions refer to."""
    rest = {key: value for key, value in template.items() if key != "Conditions"}
    found: set[str] = set()
    fresh = set(_references(rest)) & conditions.keys()
    while fresh:
        found |= fresh
        fresh = {name for known in fresh for name in _references(conditions[known])} & conditions.keys() - found
    return found


def _references(node: Any) -> Iterator[str]:
    """Every name that a template part refers to: parameters, resources and conditions alike."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in {"Ref", "Condition"} and isinstance(value, str):
                yield value
            elif key == "Fn::Sub":
                text = value if isinstance(value, str) else value[0]
                yield from _SUB_VARIABLE.findall(text)
            elif key == "Fn::If":
                yield value[0]
            yield from _references(value)
    elif isinstance(node, list):
        for item in node:
            yield from _references(item)


def _plain(value: Any) -> Any:
    """The JSON data of a value that holds troposphere and awacs objects."""
    return json.loads(
        json.dumps(value, default=lambda item: item.to_dict() if hasattr(item, "to_dict") else item.JSONrepr())
    )
