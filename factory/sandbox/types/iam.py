"""AWS IAM: the permissions boundary, which the emulator's roles lose, and providers of identities by OpenID Connect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.types.plugin import Fidelity, Fill, Made, Request, ResourceType


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


def _create_provider(request: Request) -> Made:
    """Make a provider; the service refuses a second one with the same address in an account."""
    properties = request.properties
    made = request.client("iam").create_open_id_connect_provider(
        Url=properties["Url"],
        ClientIDList=properties.get("ClientIdList") or [],
        ThumbprintList=properties.get("ThumbprintList") or [],
        Tags=properties.get("Tags") or [],
    )
    arn = made["OpenIDConnectProviderArn"]
    return Made(physical_id=arn, attributes={"Arn": arn})


def _update_provider(request: Request, physical_id: str, _old: Mapping[str, Any]) -> Made:
    """Make it anew under the same ARN, as the emulator has no calls that change one."""
    _delete_provider(request, physical_id)
    return _create_provider(request)


def _delete_provider(request: Request, physical_id: str) -> None:
    iam = request.client("iam")
    try:
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=physical_id)
    except iam.exceptions.NoSuchEntityException:
        return


FILLS = (Fill(name="AWS::IAM::Role", apply=_fill_role),)

TYPES = (
    ResourceType(
        name="AWS::IAM::OIDCProvider",
        fidelity=Fidelity.REAL,
        create=_create_provider,
        update=_update_provider,
        delete=_delete_provider,
        tagged=True,
    ),
)
