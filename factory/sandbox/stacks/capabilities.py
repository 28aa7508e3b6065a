"""What a request must acknowledge before a template may make IAM resources or use macros.

AWS CloudFormation API Reference, CreateStack, `Capabilities`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

_UNNAMED = ("AccessKey", "Policy", "UserToGroupAddition")
_NAMED = {
    "AWS::IAM::Group": "GroupName",
    "AWS::IAM::InstanceProfile": "InstanceProfileName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::IAM::User": "UserName",
}
_TYPES = frozenset(_NAMED) | frozenset(f"AWS::IAM::{name}" for name in _UNNAMED)


def missing(template: Mapping[str, Any], given: Collection[str]) -> list[str]:
    """Give the capabilities that a template needs and a request did not acknowledge."""
    lacking = []
    resources = [resource for resource in template["Resources"].values() if resource.get("Type") in _TYPES]
    if any(
        name in (resource.get("Properties") or {}) for resource in resources if (name := _NAMED.get(resource["Type"]))
    ):
        lacking += [] if "CAPABILITY_NAMED_IAM" in given else ["CAPABILITY_NAMED_IAM"]
    elif resources and not {"CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"} & set(given):
        lacking += ["CAPABILITY_IAM"]
    if template.get("Transform") and "CAPABILITY_AUTO_EXPAND" not in given:
        lacking += ["CAPABILITY_AUTO_EXPAND"]
    return lacking
