"""Where a template may take a secure string of Systems Manager from by a dynamic reference: in few properties.

Source: AWS CloudFormation User Guide, "Get a secure string value from Systems Manager Parameter Store".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

_REFERENCE = "{{resolve:ssm-secure:"
_SUPPORTED = frozenset(
    {
        "AWS::DirectoryService::MicrosoftAD/Properties/Password",
        "AWS::DirectoryService::SimpleAD/Properties/Password",
        "AWS::ElastiCache::ReplicationGroup/Properties/AuthToken",
        "AWS::IAM::User/Properties/LoginProfile/Password",
        "AWS::KinesisFirehose::DeliveryStream/Properties/RedshiftDestinationConfiguration/Password",
        "AWS::RDS::DBCluster/Properties/MasterUserPassword",
        "AWS::RDS::DBInstance/Properties/MasterUserPassword",
        "AWS::Redshift::Cluster/Properties/MasterUserPassword",
    }
)


def problems(template: Mapping[str, Any]) -> Iterator[str]:
    """Give CloudFormation's message for secure references in other properties, as users report it."""
    found = [
        place
        for resource in template["Resources"].values()
        for place in _places(resource.get("Properties"), f"{resource['Type']}/Properties")
        if place not in _SUPPORTED
    ]
    if found:
        yield f"SSM Secure reference is not supported in: [{','.join(found)}]"


def _places(node: Any, place: str) -> Iterator[str]:
    if isinstance(node, Mapping):
        for name, value in node.items():
            # What a function puts together stands where the function does.
            yield from _places(value, place if name == "Ref" or str(name).startswith("Fn::") else f"{place}/{name}")
    elif isinstance(node, list):
        for item in node:
            yield from _places(item, place)
    elif isinstance(node, str) and _REFERENCE in node:
        yield place
