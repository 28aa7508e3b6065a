"""House rule: production can't be deleted by one call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from factory.gates import settings
from factory.gates.resources import Resource
from factory.gates.settings import exactly

_ON = {"DeletionProtection": exactly(True)}
_ENABLED = {"DeletionProtectionEnabled": exactly(True)}


class DeletionProtection(settings.SettingsRule):
    """In production, databases, tables, user pools and load balancers refuse to be deleted."""

    id = "E9502"
    shortdesc = "Deletion protection in prod"
    description = "One wrong click or script deletes a database that nobody can do without; protection makes it two."
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

    def rows(self, resource: Resource) -> Mapping[str, settings.Wanted]:
        """The members of a cluster are protected with it."""
        if resource.type == "AWS::RDS::DBInstance" and resource.get("DBClusterIdentifier") is not None:
            return {}
        return super().rows(resource)
