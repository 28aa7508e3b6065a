"""Every product's launch role against all that the sandbox asks of it: it is enough, and no statement can be spared.

The template's resources are taken all at once, whatever the environment leaves out, with names as CloudFormation makes
them; the requests are those of a launch, an update and a termination, judged by the evaluator that judges launches.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from factory.authoring.actions import Handler
from factory.authoring.physical_names import NAMED
from factory.sandbox.emulator import Decision, Principal, Resource
from factory.sandbox.stacks import permissions
from factory.sandbox.stacks.account import Account
from factory.sandbox.stacks.targets import Target
from factory.synthesis.artifact import Artifact
from factory.synthesis.launch_roles import LaunchRole, launch_role
from tests.conftest import shipped

HUB, ACCOUNT, REGION = "111111111111", "222222222222", "us-east-1"
STACK = f"SC-{ACCOUNT}-pp-abcdefghijklm"
TEMPLATE, BUCKET = "sc-templates/1.template", f"factory-artifacts-{HUB}-{REGION}"
VARIABLES = {"AWS::Partition": "aws", "AWS::AccountId": ACCOUNT, "AWS::URLSuffix": "amazonaws.com", "HubAccount": HUB}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: allowed if it is on one of the targets."""

    action: str
    targets: tuple[Target, ...]
    context: Mapping[str, Any]


class Everything:
    """A caller who may do everything."""

    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/factory-launch/servicecatalog"


class Clients:
    """The roles of the template and of the services that it names, and an artifact bucket with a key."""

    def __init__(self, resources: Mapping[str, Any]) -> None:
        self._trust = {
            resolved({"Ref": title}, resources): resource["Properties"]["AssumeRolePolicyDocument"]
            for title, resource in resources.items()
            if resource["Type"] == "AWS::IAM::Role"
        }
        for service, role in re.findall(r"role/aws-service-role/([a-z.-]+)/(\w+)", json.dumps(resources)):
            self._trust[role] = {"Statement": [{"Principal": {"Service": service}}]}

    def get_role(self, RoleName: str) -> Any:  # noqa: N803 - boto3's
        return {"Role": {"AssumeRolePolicyDocument": self._trust[RoleName]}}

    def get_object_tagging(self, Bucket: str, **_: str) -> Any:  # noqa: N803
        tagged = {"Key": "servicecatalog:provisioning", "Value": "true"}
        return {"TagSet": [tagged] if Bucket != BUCKET else []}

    def head_object(self, **_: str) -> Any:
        return {"SSEKMSKeyId": f"arn:aws:kms:{REGION}:{HUB}:key/1"}


def name(kind: str, title: str) -> str:
    named = NAMED.get(kind)
    return named.generated(STACK, title, "ABCDEFGHIJKL") if named and named.longest else f"{title}-1"


def resolved(node: Any, resources: Mapping[str, Any]) -> Any:
    """The template's properties as a launch would give them: every `Fn::If` on its first branch that is not nothing."""

    def known(text: str) -> str:
        title, _, attribute = text.partition(".")
        if title not in resources:
            return {"AssetBucket": BUCKET, "AWS::StackName": STACK, **VARIABLES}.get(title, "given")
        kind = resources[title]["Type"]
        given = resources[title].get("Properties", {}).get(NAMED[kind].property) if kind in NAMED else None
        made = name(kind, title) if given is None else resolved(given, resources)
        return f"arn:aws:iam::{ACCOUNT}:role/{made}" if kind == "AWS::IAM::Role" and attribute == "Arn" else made

    match node:
        case {"Ref": "AWS::NoValue"}:
            return None
        case {"Ref": str(title)}:
            return known(title)
        case {"Fn::GetAtt": [str(title), str(attribute)]}:
            return known(f"{title}.{attribute}")
        case {"Fn::Sub": [str(text), _]} | {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: known(found[1]), text)
        case {"Fn::If": [_, first, second]}:
            return resolved(second if first == {"Ref": "AWS::NoValue"} else first, resources)
        case dict() if len(node) == 1 and next(iter(node)).startswith("Fn::"):
            return "computed"
        case dict():
            return {key: resolved(value, resources) for key, value in node.items()}
        case list():
            return [resolved(value, resources) for value in node]
        case _:
            return node


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[[Artifact], list[Asked]]:
    """Gives what the sandbox asks for when a product is launched, changed and removed."""

    def collect(artifact: Artifact) -> list[Asked]:
        found: dict[str, Asked] = {}

        def require(
            _: Any, action: str, target: Target | tuple[Target, ...], __: str, context: Mapping[str, Any] | None = None
        ) -> None:
            one = Asked(
                action=action,
                targets=(target,) if isinstance(target, Target) else tuple(target),
                context=dict(context or {}),
            )
            found.setdefault(repr(one), one)

        monkeypatch.setattr(permissions, "require", require)
        resources = artifact.template["Resources"]
        clients = Clients(resources)
        account = Account(id=ACCOUNT, region=REGION, clients=None)  # type: ignore[arg-type]
        monkeypatch.setattr(Account, "client", lambda *_: clients)
        caller: Any = Everything()
        for action in ("CreateStack", "UpdateStack", "DeleteStack"):
            permissions.require_stack(caller, action, STACK, account)
        require(caller, "cloudformation:ValidateTemplate", Target("*", exact=True), REGION)
        permissions.require_object(caller, *TEMPLATE.split("/"), account)
        for _, value in artifact.requires:
            permissions.require_parameter(caller, value.key(**({"name": "it"} if value.named else {})), account)
        for handler in (Handler.CREATE, Handler.UPDATE, Handler.DELETE):
            for title, resource in resources.items():
                properties = resolved(resource.get("Properties", {}), resources)
                one = Resource(
                    type=resource["Type"],
                    logical_id=title,
                    stack_name=STACK,
                    account=ACCOUNT,
                    region=REGION,
                    properties={key: value for key, value in properties.items() if value is not None},
                    physical_id=None,
                    # An update that takes a role's boundary away asks for the most.
                    old_properties={"PermissionsBoundary": "arn:aws:iam::aws:policy/x"}
                    if handler is Handler.UPDATE
                    else None,
                    caller=lambda: caller,
                )
                permissions.check(one, handler, account)
        return list(found.values())

    return collect


def denied(statements: list[dict[str, Any]], requests: list[Asked]) -> Iterator[Asked]:
    """Give the requests that a role of these statements may not make."""
    from ministack.core.iam_evaluator import PrincipalInfo, parse_policy_document

    text = re.sub(r"\$\{([^}]+)\}", lambda found: VARIABLES[found[1]], json.dumps(statements))
    principal = Principal(
        PrincipalInfo(
            arn=Everything.arn,
            type="AssumedRole",
            account=ACCOUNT,
            policies=[parse_policy_document({"Version": "2012-10-17", "Statement": json.loads(text)})],
        ),
        "key",
    )
    for one in requests:
        decisions = [
            principal.decide(one.action, target.arn, exact=target.exact, region=REGION, context=one.context)
            for target in one.targets
        ]
        if Decision.ALLOWED not in decisions:
            yield one


def spared(role: LaunchRole, requests: list[Asked]) -> Iterator[str]:
    """Give the statements without which no request is denied."""
    for index, statement in enumerate(role.statements):
        rest = [other for position, other in enumerate(role.statements) if position != index]
        about = [one for one in requests if one.action in statement["Action"]]
        if next(denied(rest, about), None) is None:
            yield statement["Sid"]


SPARED = {
    # Its code is one of three: what reads a zip of the account reads the template here, too, and an image asks for
    # nothing of the sandbox.
    "function": {
        "DecryptFunctionCode",
        "ReadFunctionCode",
        "ReadFunctionImages",
        "ReadTemplates",
        "S3GetObject",
        "S3GetObjectVersion",
    },
}


@pytest.mark.parametrize("product", list(shipped()))
def test_a_launch_role_is_enough_and_has_nothing_to_spare(
    product: str, artifacts: dict[str, Artifact], asked: Callable[[Artifact], list[Asked]]
) -> None:
    artifact = artifacts[product]
    role = launch_role(artifact.product, [artifact.template])
    requests = asked(artifact)
    assert [(one.action, one.targets) for one in denied(role.statements, requests)] == []
    assert set(spared(role, requests)) == SPARED.get(product, set())
