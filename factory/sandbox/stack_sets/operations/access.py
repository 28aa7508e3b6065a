"""Trusted access of stack sets to the organization: activated, deactivated and described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from factory.sandbox.servicecatalog.endpoint import account_credentials, error_message
from factory.sandbox.stack_sets.errors import invalid_operation
from factory.sandbox.stack_sets.organization import SERVICE, owner
from factory.sandbox.stack_sets.request import Request


def activate(request: Request) -> Mapping[str, Any]:
    """ActivateOrganizationsAccess, by the management account alone.

    It includes what `EnableAWSServiceAccess` of AWS Organizations does, which by itself is not enough.
    """
    _trusted_access(request, "enable_aws_service_access")
    request.state.organizations_access.add(request.account)
    return {}


def deactivate(request: Request) -> Mapping[str, Any]:
    """DeactivateOrganizationsAccess, by the management account alone."""
    _trusted_access(request, "disable_aws_service_access")
    request.state.organizations_access.discard(request.account)
    return {}


def describe(request: Request) -> Mapping[str, Any]:
    """DescribeOrganizationsAccess, also for a delegated administrator. Raises InvalidOperationException for others."""
    management = owner(request.organization, request.account, request.parameters.get("CallAs"))
    tree = request.organization(request.account)
    if tree is None or tree.management_account != management:
        raise _no_manager()
    enabled = management in request.state.organizations_access and SERVICE in tree.trusted
    return {"Status": "ENABLED" if enabled else "DISABLED"}


def _trusted_access(request: Request, call: str) -> None:
    tree = request.organization(request.account)
    if tree is None or tree.management_account != request.account:
        raise _no_manager()
    organizations = request.endpoint.client("organizations", account_credentials(request.account), request.region)
    try:
        getattr(organizations, call)(ServicePrincipal=SERVICE)
    except ClientError as error:
        raise invalid_operation(error_message(error)) from error


def _no_manager() -> Exception:
    return invalid_operation("You must be the management account of an organization to do this")
