"""An independent linter over every policy document of every product, in each way of launching it.

The template of the factory's pipeline is among them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from factory.gates.branches import Branches
from factory.gates.policies import PLACES
from factory.gates.unknowns import Given, Opaque
from factory.gates.worlds import World
from factory.synthesis.artifact import Artifact
from tests.parliament_findings import ACCOUNT, REGION, ROLE, arn_for, arn_of, findings
from tests.sample_pipeline import sample_artifact

_BRACKETED = re.compile("⟦([^⟧]+)⟧")
_FOUND = re.compile(r"\{\{resolve:ssm:[^}]+\}\}")
_NAME = "name"
_PSEUDO = {"AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::Region": REGION, "AWS::URLSuffix": "amazonaws.com"}

# What IAM calls otherwise than CloudFormation does.
_KINDS = {
    "AWS::ElasticLoadBalancingV2::ListenerRule": "AWS::ElasticLoadBalancing::listener-rule/app",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "AWS::ElasticLoadBalancing::targetgroup",
    "AWS::Events::Rule": "AWS::Events::RuleOnDefaultEventBus",
    "AWS::Lambda::Alias": "AWS::Lambda::Function",
    "AWS::StepFunctions::StateMachine": "AWS::States::StateMachine",
}

_LOG_GROUP = (
    "CloudWatch Logs puts the ARN of the log group into the encryption context, which the CloudWatch Logs User Guide "
    "compares as an ARN; IAM has the key as a string."
)
_DESCRIBED = "kms:DescribeKey carries no encryption context; it stands where the CloudWatch Logs User Guide has it."
_OF_ITSELF = "In the policy of a key, `*` means that key."
_OF_ENDPOINT = (
    "An endpoint policy grants nothing: `*` is whatever identity policies grant to this account's principals."
)
_OF_TOKENS = "Whoever has signed in at an OpenID Connect provider; parliament knows SAML and AWS's own providers alone."
_RENAMED = "The service was renamed: a connection made before is used by the former action, whichever name its ARN has."

EXPLAINED = {
    ("ci-access/GithubRole", "UNKNOWN_CONDITION_FOR_ACTION"): _OF_TOKENS,
    ("ci-access/GithubRole", "UNKNOWN_FEDERATION_SOURCE"): _OF_TOKENS,
    ("delivery-pipeline/PipelineRole", "RESOURCE_MISMATCH"): _RENAMED,
    ("foundation/Key", "RESOURCE_STAR"): _OF_ITSELF,
    ("foundation/Key", "MISMATCHED_TYPE"): _LOG_GROUP,
    ("foundation/Key", "UNKNOWN_CONDITION_FOR_ACTION"): _DESCRIBED,
    ("factory-pipeline/Key", "RESOURCE_STAR"): _OF_ITSELF,
    ("factory-pipeline/Key", "MISMATCHED_TYPE"): _LOG_GROUP,
    ("factory-pipeline/Key", "UNKNOWN_CONDITION_FOR_ACTION"): _DESCRIBED,
    ("factory-pipeline/PipelineRole", "RESOURCE_MISMATCH"): _RENAMED,
    (
        "microservice-public/TrafficRole",
        "RESOURCE_MISMATCH",
    ): "Rules to modify are those of application or of network load balancers; parliament asks for both kinds at once.",
    ("network/DynamodbEndpoint", "RESOURCE_STAR"): _OF_ENDPOINT,
    ("network/EcrApiEndpoint", "RESOURCE_STAR"): _OF_ENDPOINT,
    ("network/EcrDkrEndpoint", "RESOURCE_STAR"): _OF_ENDPOINT,
    ("network/KmsEndpoint", "RESOURCE_STAR"): _OF_ENDPOINT,
    ("network/LogsEndpoint", "RESOURCE_STAR"): _OF_ENDPOINT,
    ("network/S3Endpoint", "RESOURCE_STAR"): _OF_ENDPOINT,
    ("network/SecretsmanagerEndpoint", "RESOURCE_STAR"): _OF_ENDPOINT,
    ("network/SsmEndpoint", "RESOURCE_STAR"): _OF_ENDPOINT,
    ("network/StsEndpoint", "RESOURCE_STAR"): _OF_ENDPOINT,
    ("scheduled-job/RunsRole", "RESOURCE_MISMATCH"): "Executions of a workflow are listed by the workflow; parliament "
    "wants a run of a map besides, whose executions are listed by that.",
    (
        "security-baseline/AccountClaimRole",
        "RESOURCE_STAR",
    ): "It asks whether there is any recorder, whatever its name.",
    ("security-baseline/AuditKey", "RESOURCE_STAR"): _OF_ITSELF,
    ("security-baseline/AuditKey", "MISMATCHED_TYPE"): _LOG_GROUP,
    ("security-baseline/AuditKey", "UNKNOWN_CONDITION_FOR_ACTION"): _DESCRIBED,
    (
        "scheduled-job/RunsRole",
        "RESOURCE_STAR",
    ): "Tasks are listed by family, and limited by cluster; the resource would "
    "be a container instance, of which Fargate has none.",
}
"""What stays, by resource and issue, and why."""


def _documents(artifact: Artifact) -> Iterator[tuple[str, Any]]:
    """Each document of a product as it comes out, with ARNs and names in place of what is not known yet."""
    branches = Branches(artifact.template)
    for name, body in artifact.template["Resources"].items():
        for path in PLACES.get(body["Type"], ()):
            for part in branches.parts(name, path):

                def ask(world: World, node: Any = part.node) -> Any:
                    return _known(world.value(node), world)

                conditions = [*part.conditions, *([(body["Condition"], True)] if "Condition" in body else [])]
                for _, document in branches.explore(ask, conditions=conditions):
                    yield f"{artifact.product}/{name}", document


def _known(document: Any, world: World) -> Any:
    for statement in document["Statement"]:
        of_action = arn_for(statement["Action"][0]) if "Action" in statement else None
        for key, value in statement.items():
            statement[key] = _filled(value, world, ROLE if key in ("Principal", "Condition") else of_action)
    return document


def _filled(value: Any, world: World, fits: str | None) -> Any:
    """A value with what is not known filled in; `fits` is an ARN for where a parameter stands for a whole one."""
    if isinstance(value, dict):
        return {key: _filled(item, world, fits) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, world, fits) for item in value]
    if isinstance(value, Opaque):
        return _made(value, world)
    if isinstance(value, Given):
        return fits or "name"
    if not isinstance(value, str):
        return value
    if value.startswith("{{resolve:ssm:"):
        return fits or "name"
    text = _BRACKETED.sub(lambda match: _word(match[1], world), _FOUND.sub(_NAME, value))
    if text.startswith("arn:"):
        # What stands for a region or an account has to look like one.
        parts = text.split(":", 5)
        parts[3:5] = [part.replace(_NAME, known) for part, known in zip(parts[3:5], (REGION, ACCOUNT), strict=True)]
        return ":".join(parts)
    is_arn_of_pieces = value.startswith("⟦") and ":" in text
    return fits if is_arn_of_pieces and fits else text


def _made(value: Opaque, world: World) -> str:
    resource = world.resource(value.name)
    if resource is None:
        return _PSEUDO.get(value.name, _NAME)
    _, service, kind = _KINDS.get(resource.type, resource.type).lower().split("::")
    arn = arn_of(service, kind) or _NAME
    # CloudFormation's ARN of a log group is that of its streams.
    return f"{arn}:*" if resource.type == "AWS::Logs::LogGroup" else arn


def _word(bracketed: str, world: World) -> str:
    name, _, attribute = bracketed.partition(".")
    return _made(Opaque(name=name), world) if attribute == "Arn" else _PSEUDO.get(bracketed, _NAME)


@pytest.fixture(scope="module")
def found(artifacts: dict[str, Artifact]) -> set[tuple[str, str]]:
    """Each finding, as resource and what is said of it."""
    return {
        (where, finding)
        for artifact in (*artifacts.values(), sample_artifact())
        for where, document in _documents(artifact)
        for finding in findings(document)
    }


def test_parliament_says_nothing_but_what_is_explained(found: set[tuple[str, str]]) -> None:
    assert sorted(item for item in found if (item[0], item[1].partition(" ")[0]) not in EXPLAINED) == []


def test_what_is_explained_is_there(found: set[tuple[str, str]]) -> None:
    assert set(EXPLAINED) <= {(where, finding.partition(" ")[0]) for where, finding in found}


def test_it_sees_what_is_wrong() -> None:
    statement = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::orders"}
    (finding,) = findings({"Version": "2012-10-17", "Statement": [statement]})
    assert finding.startswith("RESOURCE_MISMATCH")
