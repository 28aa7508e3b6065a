"""Trusted access: whether Service Catalog may share in the organization, and follow it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from factory.sandbox.servicecatalog.endpoint import account_credentials
from factory.sandbox.servicecatalog.errors import invalid_state
from factory.sandbox.servicecatalog.organizations import SERVICE, Organization
from factory.sandbox.servicecatalog.reach import follow
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request


@operation("EnableAWSOrganizationsAccess")
def enable_organizations_access(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Allow shares to organization nodes, which follow the organization from now on; the management account may."""
    Organization(request).require_management()
    _organizations(request).enable_aws_service_access(ServicePrincipal=SERVICE)
    follow(request.state, request.organization_of, request.now)
    return {}


@operation("DisableAWSOrganizationsAccess")
def disable_organizations_access(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Allow no further shares to organization nodes; those that exist stay, and no longer follow the organization."""
    organization = Organization(request)
    organization.require_management()
    if any(service == SERVICE for _, service in organization.tree.administrators):
        raise invalid_state("The organization still has delegated administrators for Service Catalog.")
    _organizations(request).disable_aws_service_access(ServicePrincipal=SERVICE)
    return {}


@operation("GetAWSOrganizationsAccessStatus")
def get_organizations_access_status(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """Whether shares to organization nodes are allowed."""
    return {"AccessStatus": "ENABLED" if Organization(request).trusted else "DISABLED"}


def _organizations(request: Request) -> Any:
    """AWS Organizations, in which the trusted access of services is kept."""
    return request.endpoint.client("organizations", account_credentials(request.account), request.region.name)
