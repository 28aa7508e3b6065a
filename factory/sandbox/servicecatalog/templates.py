"""Template text: fetched from where a version's Info points, read, and extended by template constraints."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.exceptions import BotoCoreError, ClientError

from factory.sandbox.servicecatalog.endpoint import Endpoint, error_message
from factory.sandbox.servicecatalog.errors import ServiceError, invalid
from factory.sandbox.servicecatalog.identity import Caller

_INVALID_BODY = "Invalid templateBody. Please make sure that your template is valid"
# AWS CloudFormation User Guide, "CloudFormation quotas": a template in S3 may hold 1 MB.
_MAX_BYTES = 1_000_000
_S3_HOST = re.compile(
    r"(?:(?P<bucket>.+)\.)?s3(?:[.-](?:dualstack\.)?(?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?\.amazonaws\.com"
)


def fetch(info: Mapping[str, str], caller: Caller, endpoint: Endpoint) -> str:
    """The template that `Info` names, read with the caller's own credentials.

    Raises InvalidParametersException if Info names nothing or more than one source, or if the source cannot be
    read: AWS's message for that says that the template is invalid.
    """
    sources = [key for key in ("LoadTemplateFromURL", "ImportFromPhysicalId") if key in info]
    if len(sources) != 1 or len(info) != 1:
        raise invalid("Info must hold either LoadTemplateFromURL or ImportFromPhysicalId, and nothing else.")
    try:
        if sources == ["LoadTemplateFromURL"]:
            return _from_url(info["LoadTemplateFromURL"], caller, endpoint)
        return _from_stack(info["ImportFromPhysicalId"], caller, endpoint)
    except (ClientError, BotoCoreError, ValueError) as error:
        detail = error_message(error) if isinstance(error, ClientError) else str(error)
        raise invalid(f"{_INVALID_BODY} ({detail})") from error


def _from_url(url: str, caller: Caller, endpoint: Endpoint) -> str:
    bucket, key, version = _s3_location(url, endpoint)
    s3 = endpoint.client("s3", caller.credentials, caller.region)
    wanted = {"Bucket": bucket, "Key": key} | ({"VersionId": version} if version else {})
    body: bytes = s3.get_object(**wanted)["Body"].read()
    if len(body) > _MAX_BYTES:
        raise invalid(f"{_INVALID_BODY} (it may not exceed {_MAX_BYTES} bytes)")
    return body.decode()


def _s3_location(url: str, endpoint: Endpoint) -> tuple[str, str, str | None]:
    parts = urlsplit(url)
    path = unquote(parts.path.lstrip("/"))
    host = _S3_HOST.fullmatch(parts.hostname or "")
    if host and host["bucket"]:
        bucket, key = host["bucket"], path
    elif host or parts.netloc == urlsplit(endpoint.url).netloc:
        bucket, _, key = path.partition("/")
    else:
        raise invalid(f"{_INVALID_BODY} ({url} is not an Amazon S3 URL)")
    # The sandbox's own address, which other clients make URLs of, has no certificate.
    if parts.scheme not in (("https",) if host else ("http", "https")) or not bucket or not key:
        raise invalid(f"{_INVALID_BODY} ({url} names no object)")
    return bucket, key, next(iter(parse_qs(parts.query).get("versionId", [])), None)


def _from_stack(stack_id: str, caller: Caller, endpoint: Endpoint) -> str:
    cloudformation = endpoint.client("cloudformation", caller.credentials, caller.region)
    body = cloudformation.get_template(StackName=stack_id)["TemplateBody"]
    return body if isinstance(body, str) else json.dumps(body)


def parse(body: str) -> dict[str, Any]:
    """The template as data, short-form functions written out. Raises InvalidParametersException."""
    # Loading it takes longer than starting everything else together; a sandbox may never need it.
    from cfnlint.decode import decode_str

    template, problems = decode_str(body)
    if problems or not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        detail = f" ({problems[0].message})" if problems else ""
        raise invalid(_INVALID_BODY + detail)
    return template


def readable(body: str) -> bool:
    """Whether the text is a template at all."""
    try:
        parse(body)
    except ServiceError:
        return False
    return True


def parameters(template: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The template's parameters by name."""
    return {
        str(name): definition
        for name, definition in _section(template, "Parameters").items()
        if isinstance(definition, dict)
    }


def describe_parameters(template: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The parameters as DescribeProvisioningParameters answers them."""
    return [
        {
            "ParameterKey": name,
            "DefaultValue": _text(definition.get("Default")),
            "ParameterType": str(definition.get("Type", "String")),
            "IsNoEcho": str(definition.get("NoEcho", False)).lower() == "true",
            "Description": _text(definition.get("Description")),
            "ParameterConstraints": {
                "AllowedValues": [_plain(value) for value in definition.get("AllowedValues") or []],
                **{
                    name: _text(definition.get(name))
                    for name in (
                        "AllowedPattern",
                        "ConstraintDescription",
                        "MaxLength",
                        "MinLength",
                        "MaxValue",
                        "MinValue",
                    )
                },
            },
        }
        for name, definition in parameters(template).items()
    ]


def output_descriptions(template: Mapping[str, Any]) -> dict[str, str]:
    """The template's outputs and what they say about themselves."""
    return {
        str(name): _plain(definition.get("Description", "")) if isinstance(definition, dict) else ""
        for name, definition in _section(template, "Outputs").items()
    }


def rules_of(constraint_parameters: str) -> dict[str, Any]:
    """The rules in a template constraint's JSON. Raises InvalidParametersException unless they look like rules."""
    try:
        given = json.loads(constraint_parameters)
    except ValueError as error:
        raise invalid("Template constraint parameters must be JSON.") from error
    rules = given.get("Rules") if isinstance(given, dict) else None
    if not isinstance(rules, dict) or not rules:
        raise invalid("A template constraint must have Rules.")
    for name, rule in rules.items():
        assertions = rule.get("Assertions") if isinstance(rule, dict) else None
        if not isinstance(assertions, list) or not assertions:
            raise invalid(f"Rule {name} must have Assertions.")
        if not all(isinstance(assertion, dict) and "Assert" in assertion for assertion in assertions):
            raise invalid(f"Every assertion of rule {name} must have an Assert.")
    return rules


def with_rules(body: str, constraints: Mapping[str, str]) -> str:
    """The template with the rules of template constraints in its `Rules` section.

    `constraints` holds constraint parameters by constraint id; the id goes in front of each rule's name, so that
    two constraints never meet. Without constraints the text stays as it is, byte for byte.
    """
    if not constraints:
        return body
    template = parse(body)
    template["Rules"] = _section(template, "Rules") | dict(_prefixed(constraints))
    return json.dumps(template, default=str)


def _prefixed(constraints: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    for identifier, given in constraints.items():
        prefix = re.sub(r"[^a-zA-Z0-9]", "", identifier)
        for name, rule in rules_of(given).items():
            yield prefix + name, rule


def _section(template: Mapping[str, Any], name: str) -> dict[str, Any]:
    section = template.get(name)
    return dict(section) if isinstance(section, dict) else {}


def _text(value: Any) -> str | None:
    return None if value is None else _plain(value)


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
