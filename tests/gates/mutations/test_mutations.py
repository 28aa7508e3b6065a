"""Every protection of every product, taken away: the gate sees it."""

from __future__ import annotations

import pytest

from factory.synthesis.artifact import Artifact
from tests.conftest import shipped
from tests.gates.mutations.catch import outcomes
from tests.gates.mutations.settings import QUIET, WEAK

pytestmark = pytest.mark.exhaustive

# Types whose protections `structures` or `statements` take away.
STRUCTURED = frozenset(
    {
        "AWS::EC2::NetworkAcl",
        "AWS::EC2::NetworkAclEntry",
        "AWS::EC2::SecurityGroup",
        "AWS::EC2::SecurityGroupIngress",
        "AWS::EC2::VPC",
        "AWS::EC2::VPCEndpoint",
        "AWS::ECS::TaskDefinition",
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::IAM::ManagedPolicy",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
        "AWS::WAFv2::LoggingConfiguration",
        "AWS::WAFv2::WebACL",
        "AWS::WAFv2::WebACLAssociation",
    }
)


@pytest.mark.parametrize("name", list(shipped()))
def test_every_mutation_is_caught(name: str, artifacts: dict[str, Artifact]) -> None:
    found = list(outcomes(artifacts[name]))
    assert found
    missed = [f"{outcome.mutation.resource}: {outcome.mutation.kind}" for outcome in found if outcome.rule is None]
    assert missed == []


def test_every_type_of_resource_is_thought_of(artifacts: dict[str, Artifact]) -> None:
    types = {body["Type"] for artifact in artifacts.values() for body in artifact.template["Resources"].values()}
    known = {*WEAK, *QUIET, *STRUCTURED}
    assert {name for name in types if not name.startswith("Custom::")} <= known
