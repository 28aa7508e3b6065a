"""House rule: production can't be deleted by one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from factory.authoring.parameters import LIFTED
from factory.gates import settings
from factory.gates.house import Problem
from factory.gates.resources import Resource
from factory.gates.settings import exactly

_ON = {"DeletionProtection": exactly(True)}
_ENABLED = {"DeletionProtectionEnabled": exactly(True)}


class DeletionProtection(settings.SettingsRule):
    """In production, databases, tables, user pools and load balancers refuse to be deleted."""

    id = "E9502"
    shortdesc = "Deletion protection in prod"
    description = (
        "One wrong click or script deletes a database that nobody can do without; protection makes it two. A parameter "
        "may be `lifted` to be the first of both."
    )
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html"
    mend = "Switch deletion protection on in prod and dr; where a launch may choose, a stack.rule refuses the rest."
    controls = (
        "nist-800-53/CM-3",
        "nist-800-53/CP-9",
        "nist-800-53/SC-5(2)",
        "nist-800-53/SI-13(5)",
        "soc2/A1.2",
        "soc2/CC8.1",
    )
    production_only = True
    wanted: ClassVar = {
        "AWS::Cognito::UserPool": {"DeletionProtection": exactly("ACTIVE")},
        "AWS::DSQL::Cluster": _ENABLED,
        "AWS::DocDB::DBCluster": _ON,
        "AWS::DynamoDB::GlobalTable": {"Replicas.*.DeletionProtectionEnabled": exactly(True)},
        "AWS::DynamoDB::Table": _ENABLED,
        "AWS::EKS::Cluster": _ON,
        "AWS::ElasticLoadBalancingV2::LoadBalancer": {
            "LoadBalancerAttributes[deletion_protection.enabled]": exactly(True)
        },
        "AWS::Neptune::DBCluster": _ON,
        "AWS::NeptuneGraph::Graph": _ON,
        "AWS::NetworkFirewall::Firewall": {"DeleteProtection": exactly(True)},
        "AWS::OpenSearchServerless::Collection": {"DeletionProtection": exactly("ENABLED")},
        "AWS::RDS::DBCluster": _ON,
        "AWS::RDS::DBInstance": _ON,
        "AWS::RDS::GlobalCluster": _ON,
    }

    def check(self, resource: Resource) -> Iterator[Problem]:
        """Ask nothing of a launch that says that it is to go, which takes a word: it can't be so by default."""
        world = resource.world
        lifted = (name for name, value in world.choices.items() if value == LIFTED)
        if not any(world.parameters.get(name, {}).get("Default") not in (None, LIFTED) for name in lifted):
            yield from super().check(resource)

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """The members of a cluster are protected with it."""
        if resource.type == "AWS::RDS::DBInstance" and resource.get("DBClusterIdentifier") is not None:
            return {}
        return super().rows(resource)
