"""The protections against deletion that AWS services have, by resource type: asked about, and taken away by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """How one type of resource is protected."""

    service: str
    """boto3's name of the service."""
    is_on: Callable[[Any, str], bool]
    """Whether the resource of an id is protected, by a client of the service."""
    lift: str
    """The command of the AWS CLI that takes the protection away, with `{id}` in it."""
    absent: str
    """The service's code for a resource that is not there."""


def _balancer(client: Any, arn: str) -> bool:
    found = client.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    return {"Key": "deletion_protection.enabled", "Value": "true"} in found


PROTECTIONS: Mapping[str, Protection] = {
    "AWS::Cognito::UserPool": Protection(
        service="cognito-idp",
        is_on=lambda client, pool: (
            client.describe_user_pool(UserPoolId=pool)["UserPool"].get("DeletionProtection") == "ACTIVE"
        ),
        # The command sets whatever it does not name back to its default, which the pool does not live to see.
        lift="aws cognito-idp update-user-pool --user-pool-id {id} --deletion-protection INACTIVE",
        absent="ResourceNotFoundException",
    ),
    "AWS::DynamoDB::Table": Protection(
        service="dynamodb",
        is_on=lambda client, table: bool(
            client.describe_table(TableName=table)["Table"].get("DeletionProtectionEnabled")
        ),
        lift="aws dynamodb update-table --table-name {id} --no-deletion-protection-enabled",
        absent="ResourceNotFoundException",
    ),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": Protection(
        service="elbv2",
        is_on=_balancer,
        lift="aws elbv2 modify-load-balancer-attributes --load-balancer-arn {id} "
        "--attributes Key=deletion_protection.enabled,Value=false",
        absent="LoadBalancerNotFound",
    ),
    "AWS::RDS::DBCluster": Protection(
        service="rds",
        is_on=lambda client, cluster: any(
            found.get("DeletionProtection")
            for found in client.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
        ),
        lift="aws rds modify-db-cluster --db-cluster-identifier {id} --no-deletion-protection --apply-immediately",
        absent="DBClusterNotFoundFault",
    ),
    "AWS::RDS::DBInstance": Protection(
        service="rds",
        is_on=lambda client, instance: any(
            found.get("DeletionProtection")
            for found in client.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"]
        ),
        lift="aws rds modify-db-instance --db-instance-identifier {id} --no-deletion-protection --apply-immediately",
        absent="DBInstanceNotFound",
    ),
}
