"""AWS IAM: the permissions boundary, which the emulator's roles lose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.plugin import Fill, Request


def _fill_role(request: Request, name: str, old: Mapping[str, Any]) -> None:
    iam = request.client("iam")
    boundary = request.properties.get("PermissionsBoundary")
    if boundary == old.get("PermissionsBoundary"):
        return
    if boundary:
        # The emulator takes any ARN for a boundary.
        iam.get_policy(PolicyArn=boundary)
        iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=boundary)
    else:
        iam.delete_role_permissions_boundary(RoleName=name)


FILLS = (Fill(name="AWS::IAM::Role", apply=_fill_role),)
