"""A template's resources as one account and region would have them, as far as parameters decide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from factory.catalog.model import AccountId, Region

RETAINED = frozenset({"Retain", "RetainExceptOnCreate"})
"""The deletion policies of what outlives its stack."""

_VARIABLE = re.compile(r"\$\{([^!}][^}]*)\}")
_PARTITIONS = {"cn-": ("aws-cn", "amazonaws.com.cn"), "us-gov-": ("aws-us-gov", "amazonaws.com")}


class _Absent:
    """What `AWS::NoValue` leaves behind."""


_ABSENT = _Absent()


def resources(
    template: Mapping[str, Any], parameters: Mapping[str, str], account: AccountId, region: Region
) -> dict[str, dict[str, Any]]:
    """Type and properties of each resource that is made, by logical name.

    Of what only the resources themselves can tell, the ARN of a bucket is known by its name; the rest stays a function.
    """
    partition, suffix = next(
        (found for prefix, found in _PARTITIONS.items() if region.startswith(prefix)), ("aws", "amazonaws.com")
    )
    known: dict[str, Any] = {
        "AWS::AccountId": account,
        "AWS::NoValue": _ABSENT,
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::URLSuffix": suffix,
    }
    for name, declared in template.get("Parameters", {}).items():
        value = parameters.get(name, declared.get("Default", ""))
        known[name] = value.split(",") if declared["Type"] == "CommaDelimitedList" else value
    resolver = _Resolver(template=template, known=known)
    made: dict[str, dict[str, Any]] = {}
    for name, resource in template["Resources"].items():
        if resolver.holds(resource.get("Condition")):
            properties = resolver.value(resource.get("Properties", {}))
            made[name] = {"Type": resource["Type"], "Properties": properties}
            if resource["Type"] == "AWS::S3::Bucket" and isinstance(properties.get("BucketName"), str):
                known[f"{name}.Arn"] = f"arn:{partition}:s3:::{properties['BucketName']}"
    # Once more, as a resource may stand before the bucket that it refers to.
    return {name: {**found, "Properties": resolver.value(found["Properties"])} for name, found in made.items()}


def is_decided(node: Any) -> bool:
    """Whether nothing is left in it that only resources themselves can tell."""
    match node:
        case Mapping():
            return not any(key == "Ref" or key.startswith("Fn::") for key in node) and all(
                map(is_decided, node.values())
            )
        case list():
            return all(map(is_decided, node))
        case _:
            return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Resolver:
    template: Mapping[str, Any]
    known: Mapping[str, Any]

    def holds(self, condition: str | None) -> bool:
        return condition is None or self.value(self.template["Conditions"][condition]) is True

    def value(self, node: Any) -> Any:
        match node:
            case {"Ref": str(name)} if name in self.known:
                return self.known[name]
            case {"Fn::GetAtt": [str(name), str(attribute)]} if f"{name}.{attribute}" in self.known:
                return self.known[f"{name}.{attribute}"]
            case {"Fn::Sub": str(text)}:
                filled = _VARIABLE.sub(lambda found: str(self.known.get(found[1], found[0])), text)
                return {"Fn::Sub": filled} if _VARIABLE.search(filled) else filled
            case {"Fn::If": [str(condition), first, second]}:
                return self.value(first if self.holds(condition) else second)
            case {"Fn::Equals": [first, second]}:
                return self.value(first) == self.value(second)
            case {"Fn::Not": [inner]}:
                return not self.value(inner)
            case {"Fn::And": list(inner)}:
                return all(self.value(item) is True for item in inner)
            case {"Fn::Or": list(inner)}:
                return any(self.value(item) is True for item in inner)
            case {"Condition": str(name), **more} if not more and name in self.template.get("Conditions", {}):
                return self.holds(name)
            case Mapping():
                held = ((key, self.value(item)) for key, item in node.items())
                return {key: item for key, item in held if item is not _ABSENT}
            case list():
                return [item for item in map(self.value, node) if item is not _ABSENT]
            case _:
                return node
