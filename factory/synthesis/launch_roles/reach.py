"""On which ARNs an action has to be allowed for a resource of a template, as far as that is known before it is made.

The rule, which stays with the whole kind where it is in doubt:

- An action without resource-level permissions is allowed on `*`, and so is one that describes or lists other things
  than one resource of the type's own kind: AWS asks about a collection then.
- The resource's own kind is narrowed to its name: the text of the template with `*` for what a launch decides, or what
  CloudFormation makes of the name of the stack, which Service Catalog calls `SC-<account>-pp-…`.
- A kind that the properties name by nothing but references to resources of the same template is narrowed to those.
- Any other kind is pinned to the account. Tagging is about the own kind alone.

ARNs are `Fn::Sub` texts for every region.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from factory.authoring.actions import arn_formats, is_metadata, is_tagging, kind_of, plain
from factory.authoring.physical_names import NAMED, Named

STACK = "SC-${AWS::AccountId}-"
ASSETS = "arn:${AWS::Partition}:s3:::factory-artifacts-${HubAccount}-*/assets/*"

UNSCOPED: Mapping[str, str] = {
    "cloudformation:GetTemplateSummary": "it is asked about a template, before there is a stack",
    "cloudwatch:GetMetricData": "it is asked about a dataset only where the query names one",
    "config:PutConfigurationRecorder": "the sources differ on whether it is asked about the recorder",
    "s3:CreateBucket": "a bucket is made in the caller's own account, and its ARN holds none",
    "servicediscovery:GetOperation": "an operation belongs to no namespace that the request names",
    "sns:GetSubscriptionAttributes": "the sources differ on whether it is asked about the topic",
    "sns:SetSubscriptionAttributes": "the sources differ on whether it is asked about the topic",
    "sns:Unsubscribe": "the sources differ on whether it is asked about the topic",
    "vpce:AllowMultiRegion": "the sources differ on whether it is asked about the endpoint",
}
"""Actions that may be allowed on `*` although the Service Authorization Reference gives them kinds, and why."""

# Where a bucket's name is known, it is made under that name only.
_UNSCOPED = UNSCOPED.keys() - {"s3:CreateBucket"}

# As `Stack.code` writes it.
_ASSET_BUCKET = {"Ref": "AssetBucket"}
# Whoever publishes a layer version, it is named by its publisher's account.
_ANYBODYS = frozenset({"layerversion"})
# ARNs of these hold no account.
_ANYWHERE = "arn:${AWS::Partition}:s3:::*"
_VARIABLE = re.compile(r"\$\{([^}]+)\}")
_SUFFIX = re.compile("(Ids?|Names?|Arns?|Urls?|s)$")

Reach = Mapping[str, frozenset[str]]
"""Patterns of ARNs by kind; `*` where it is empty."""


def reach(action: str, name: str, resources: Mapping[str, Any]) -> Reach:
    """Where an action has to be allowed for the resource of that logical name."""
    formats = arn_formats(action)
    kind = resources[name]["Type"]
    if action == "iam:CreateServiceLinkedRole":
        return {"role": frozenset({"arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/*"})}
    own = frozenset(found for found in formats if plain(found) == kind_of(kind))
    if not formats or action in _UNSCOPED or (is_metadata(action) and (not own or _enumerates(action, own))):
        return {}
    wanted = own if own and is_tagging(action) else formats.keys()
    return {found: frozenset(_patterns(found, formats[found], own, name, resources)) for found in sorted(wanted)}


def is_anybodys_bucket(found: Reach) -> bool:
    """Whether an action would be allowed on every bucket or object there is, whosever: their ARNs hold no account."""
    return any(_ANYWHERE in patterns for patterns in found.values())


def _enumerates(action: str, kinds: Iterable[str]) -> bool:
    return any(plain(action.partition(":")[2]).endswith(f"{plain(kind)}s") for kind in kinds)


def _patterns(
    kind: str, formats: Iterable[str], own: frozenset[str], name: str, resources: Mapping[str, Any]
) -> Iterator[str]:
    resource = resources[name]
    if kind in own:
        yield from _named(resource, formats)
    elif kind == "object" and resource["Type"] == "AWS::S3::Bucket":
        yield from (f"{bucket}/*" for bucket in _named(resource, formats))
    elif kind not in _ANYBODYS and (referenced := _referenced(kind, resource, resources)):
        for other in referenced:
            yield from _named(other, formats)
    else:
        account = "*" if kind in _ANYBODYS else "${AWS::AccountId}"
        yield from (_placed(arn, account) for arn in formats)


def _named(resource: Mapping[str, Any], formats: Iterable[str]) -> Iterator[str]:
    """Give the ARNs of a resource whose kind has these formats."""
    named = NAMED.get(resource["Type"])
    if named is None:
        yield from map(_placed, formats)
        return
    properties = resource.get("Properties", {})
    # A path comes between the kind and the name.
    names = ["*"] if "Path" in properties else list(_names(named, properties))
    for arn in formats:
        place = _placed(arn).removesuffix("*")
        for name in names:
            tails = ("",) if name.endswith("*") else named.after
            yield from (re.sub(r"\*/\*$", "*", f"{place}{named.before}{name}{tail}") for tail in tails)


def _names(named: Named, properties: Mapping[str, Any]) -> Iterator[str]:
    given = properties.get(named.property)
    for text in [None] if given is None else texts(given):
        if text is not None:
            yield text.removeprefix(named.strip)
        elif not named.begins_with("SC-"):
            yield "*"
        else:
            # Twelve digits stand for the account.
            stack = STACK if named.begins_with(STACK.replace("${AWS::AccountId}", "0" * 12)) else "SC-"
            # The account's id has no letters.
            yield f"{stack.replace('SC', 'sc') if named.lower else stack}*"


def texts(value: Any) -> Iterator[str | None]:
    """What a text of a template may become: `*` for what a launch decides, None for a name left out."""
    match value:
        case str():
            yield value
        case {"Ref": "AWS::NoValue"}:
            yield None
        case {"Ref": str(name)} | {"Fn::Sub": [str(name), _]} | {"Fn::Sub": str(name)}:
            text = f"${{{name}}}" if "Ref" in value else name
            yield re.sub(r"\*+", "*", _VARIABLE.sub(_variable, text))
        case {"Fn::If": [_, first, second]}:
            yield from texts(first)
            yield from texts(second)
        case _:
            yield "*"


def _variable(found: re.Match[str]) -> str:
    match found[1]:
        case "AWS::AccountId" | "AWS::Partition":
            return found[0]
        case "AWS::StackName":
            return f"{STACK}*"
        case _:
            return "*"


def _referenced(kind: str, resource: Mapping[str, Any], resources: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give the template's resources of a kind that the properties name, if they name nothing else of that kind."""
    found: list[Mapping[str, Any]] = []
    for name, value in resource.get("Properties", {}).items():
        if plain(_SUFFIX.sub("", name)) != plain(kind):
            continue
        for item in value if isinstance(value, list) else [value]:
            match item:
                case {"Ref": str(other)} | {"Fn::GetAtt": [str(other), *_]} if other in resources and kind_of(
                    resources[other]["Type"]
                ) == plain(kind):
                    found.append(resources[other])
                case _:
                    return []
    return found


def reads_assets(resource: Mapping[str, Any]) -> bool:
    """Whether a resource's code is, or may be, in the artifact bucket."""
    return _ASSET_BUCKET in _code_buckets(resource.get("Properties", {}).get("Code"))


def reads_only_assets(resource: Mapping[str, Any]) -> bool:
    """Whether a resource has code, and all that it may be is in the artifact bucket."""
    buckets = list(_code_buckets(resource.get("Properties", {}).get("Code")))
    return bool(buckets) and all(bucket == _ASSET_BUCKET for bucket in buckets)


def _code_buckets(code: Any) -> Iterator[Any]:
    """The buckets that code may be in, on every branch."""
    if isinstance(code, Mapping):
        if "S3Bucket" in code:
            yield code["S3Bucket"]
        for value in code.values():
            yield from _code_buckets(value)
    elif isinstance(code, list):
        for item in code:
            yield from _code_buckets(item)


def _placed(arn: str, account: str = "${AWS::AccountId}") -> str:
    return arn.replace("${Partition}", "${AWS::Partition}").replace("${Region}", "*").replace("${Account}", account)
