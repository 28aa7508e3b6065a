"""Service actions on versions, one by one and many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from factory.sandbox.servicecatalog import views
from factory.sandbox.servicecatalog.attached import ServiceActionUse
from factory.sandbox.servicecatalog.errors import ServiceError, duplicate, limit_exceeded, not_found
from factory.sandbox.servicecatalog.operations.service_actions import owned_service_action
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.visibility import owned_product, seen_product, version_of

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_PER_VERSION = 25
_BATCH_CODES = {
    "DuplicateResourceException": "DUPLICATE_RESOURCE",
    "LimitExceededException": "LIMIT_EXCEEDED",
    "ResourceNotFoundException": "RESOURCE_NOT_FOUND",
    "InvalidParametersException": "INVALID_PARAMETER",
}


@operation("AssociateServiceActionWithProvisioningArtifact", token="IdempotencyToken")  # noqa: S106
def associate_service_action(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Put a service action on a version of one of the account's own products."""
    use = _use(request, parameters)
    uses = request.region.service_action_uses
    if use in uses:
        raise duplicate(f"Service action {use.service_action_id} is already associated with {use.version_id}.")
    if len(request.region.service_actions_on(use.version_id)) >= _MAX_PER_VERSION:
        raise limit_exceeded(f"A provisioning artifact can have at most {_MAX_PER_VERSION} service actions.")
    uses[use] = None
    return {}


@operation("DisassociateServiceActionFromProvisioningArtifact", token="IdempotencyToken")  # noqa: S106
def disassociate_service_action(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Take a service action off a version."""
    use = _use(request, parameters)
    if use not in request.region.service_action_uses:
        raise not_found(f"Service action {use.service_action_id} is not associated with {use.version_id}.")
    del request.region.service_action_uses[use]
    return {}


@operation("BatchAssociateServiceActionWithProvisioningArtifact")
def batch_associate_service_action(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Put service actions on versions; those that cannot be put there are told, the others are done."""
    return _batch(request, parameters, associate_service_action.run)


@operation("BatchDisassociateServiceActionFromProvisioningArtifact")
def batch_disassociate_service_action(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Take service actions off versions; those that are not there are told, the others are done."""
    return _batch(request, parameters, disassociate_service_action.run)


@operation("ListServiceActionsForProvisioningArtifact")
def list_service_actions_for_provisioning_artifact(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The service actions on a version of a product that the account sees."""
    product = seen_product(request.region, parameters["ProductId"], request.account, request.now)
    version = version_of(request.region, product, parameters["ProvisioningArtifactId"], None)
    shown, token = page(request.region.service_actions_on(version.id), parameters, request.operation)
    return {
        "ServiceActionSummaries": [views.service_action_summary(action) for action in shown],
        "NextPageToken": token,
    }


@operation("ListProvisioningArtifactsForServiceAction")
def list_provisioning_artifacts_for_service_action(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The versions that a service action of the account is on, each with its product."""
    region = request.region
    action = owned_service_action(request, parameters["ServiceActionId"])
    uses = [use for use in region.service_action_uses if use.service_action_id == action.id]
    shown, token = page(uses, parameters, request.operation)
    return {
        "ProvisioningArtifactViews": [
            {
                "ProductViewSummary": views.product_summary(region.products[use.product_id]),
                "ProvisioningArtifact": views.offered_version(region.versions[use.version_id]),
            }
            for use in shown
        ],
        "NextPageToken": token,
    }


def _use(request: Request, parameters: Mapping[str, Any]) -> ServiceActionUse:
    product = owned_product(request.region, parameters["ProductId"], request.account)
    version = version_of(request.region, product, parameters["ProvisioningArtifactId"], None)
    action = owned_service_action(request, parameters["ServiceActionId"])
    return ServiceActionUse(product.id, version.id, action.id)


def _batch(
    request: Request,
    parameters: Mapping[str, Any],
    run: Callable[[Request, Mapping[str, Any]], Mapping[str, Any]],
) -> dict[str, Any]:
    failed = []
    for association in parameters["ServiceActionAssociations"]:
        try:
            run(request, association)
        except ServiceError as error:
            failed.append(association | {"ErrorCode": _BATCH_CODES[error.code], "ErrorMessage": error.message})
    return {"FailedServiceActionAssociations": failed}
