"""Launch, update and terminate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers, templates, views
from factory.sandbox.servicecatalog.errors import invalid
from factory.sandbox.servicecatalog.launched import find_launched, new_record
from factory.sandbox.servicecatalog.offers import Offer, system_tags
from factory.sandbox.servicecatalog.provisioning import Launch
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.stacks import StackOrder
from factory.sandbox.servicecatalog.state import (
    ConstraintType,
    Guidance,
    Product,
    ProvisionedProduct,
    ProvisionedProductStatus,
    Record,
    RecordType,
    Version,
)
from factory.sandbox.servicecatalog.visibility import (
    LaunchPath,
    choose_path,
    launch_paths,
    launchable_product,
    launchable_version,
)

_TAG_CONFLICT = "sc-tagoption-conflict-"


@operation("ProvisionProduct", token="ProvisionToken")  # noqa: S106
def provision_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Launch a version of a product.

    What the catalog itself knows to be wrong is refused at once; what only CloudFormation finds wrong, such as a
    parameter value or a rule, fails the record.
    """
    product = launchable_product(
        request.region,
        request.caller,
        request.now,
        parameters.get("ProductId"),
        parameters.get("ProductName"),
    )
    path = _path(request, product, parameters)
    version = launchable_version(
        request.region,
        product,
        parameters.get("ProvisioningArtifactId"),
        parameters.get("ProvisioningArtifactName"),
        request.now,
    )
    if version.guidance is Guidance.DEPRECATED:
        raise invalid(f"Provisioning Artifact {version.id} is deprecated: new launches are not allowed.")
    offer = _offer(request, path, product, parameters)
    values = _values(parameters)
    tags = offer.tags(parameters.get("Tags", []))
    topics = offer.notification_arns(parameters.get("NotificationArns", []))
    name = parameters["ProvisionedProductName"]
    if any(
        (launched.account, launched.name) == (request.account, name)
        for launched in request.region.provisioned_products.values()
    ):
        raise invalid(f"A stack named {name} already exists.")

    launched = _new_launched(request, name, parameters["ProvisionToken"], product, version, path, offer)
    launched = replace(
        launched,
        tags=tags | system_tags(product, version, launched, request.region.name),
        parameters=values,
        notification_arns=topics,
    )
    record = new_record(request, launched, RecordType.PROVISION, given_tags(parameters))
    order = _order(launched, version, offer, values)
    request.launches.provision(_launch(request, record, offer.launch_role_arn()), order)
    return {"RecordDetail": views.record_detail(record)}


@operation("UpdateProvisionedProduct", token="UpdateToken")  # noqa: S106
def update_provisioned_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Update a launch to a version, which may be the one it has, with new or previous parameter values."""
    region = request.region
    current = find_launched(request, parameters.get("ProvisionedProductId"), parameters.get("ProvisionedProductName"))
    if current.status is ProvisionedProductStatus.UNDER_CHANGE:
        raise invalid(f"Provisioned product {current.id} is under change.")
    if current.physical_id is None:
        raise invalid(f"Provisioned product {current.id} has no stack that could be updated.")
    product_id, product_name = parameters.get("ProductId"), parameters.get("ProductName")
    if product_id is None and product_name is None:
        product_id = current.product_id
    product = launchable_product(region, request.caller, request.now, product_id, product_name)
    version_id, version_name = (
        parameters.get("ProvisioningArtifactId"),
        parameters.get("ProvisioningArtifactName"),
    )
    if version_id is None and version_name is None:
        version_id = current.version_id
    version = launchable_version(region, product, version_id, version_name, request.now)
    path = _path(request, product, _with_current_path(request, product, current, parameters))
    offer = _offer(request, path, product, parameters)
    changes = _updated_values(request, current, parameters)
    changed = replace(
        current,
        product_id=product.id,
        version_id=version.id,
        path_id=path.id,
        portfolio_arn=views.portfolio_arn(path.portfolio, region),
        launch_role_arn=offer.launch_role_arn(),
        parameters=_known(changes, current),
    )
    changed = replace(
        changed,
        tags=_updated_tags(current, offer, parameters) | system_tags(product, version, changed, region.name),
    )
    record = new_record(request, changed, RecordType.UPDATE, given_tags(parameters), keep=current)
    request.launches.update(
        _launch(request, record, changed.launch_role_arn),
        _order(changed, version, offer, changes),
        current.physical_id,
        {
            name: getattr(changed, name)
            for name in (
                "product_id",
                "version_id",
                "path_id",
                "portfolio_arn",
                "launch_role_arn",
                "parameters",
                "tags",
            )
        },
        if_refused=ProvisionedProductStatus.ERROR
        if current.status is ProvisionedProductStatus.ERROR
        else ProvisionedProductStatus.TAINTED,
    )
    return {"RecordDetail": views.record_detail(record)}


@operation("TerminateProvisionedProduct")
def terminate_provisioned_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a launch and its stack, or only forget it (RetainPhysicalResources).

    A repeated token is answered with the termination under way; afterwards there is nothing left to terminate.
    """
    launched = find_launched(request, parameters.get("ProvisionedProductId"), parameters.get("ProvisionedProductName"))
    if launched.status is ProvisionedProductStatus.UNDER_CHANGE:
        latest = request.region.records[launched.last_record_id]
        if latest.type is RecordType.TERMINATE and launched.token == parameters["TerminateToken"]:
            return {"RecordDetail": views.record_detail(latest)}
        raise invalid(f"Provisioned product {launched.id} is under change.")
    launched = replace(launched, token=parameters["TerminateToken"])
    record = new_record(request, launched, RecordType.TERMINATE, {})
    keep_stack = parameters.get("RetainPhysicalResources", False)
    request.launches.terminate(
        _launch(request, record, launched.launch_role_arn),
        None if keep_stack else launched.physical_id,
        ignore_errors=parameters.get("IgnoreErrors", False),
    )
    return {"RecordDetail": views.record_detail(record)}


def given_tags(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The tags of a request, by key."""
    return {tag["Key"]: tag["Value"] for tag in parameters.get("Tags", [])}


def _path(request: Request, product: Product, parameters: Mapping[str, Any]) -> LaunchPath:
    return choose_path(
        request.region,
        product,
        request.caller,
        request.now,
        parameters.get("PathId"),
        parameters.get("PathName"),
    )


def _with_current_path(
    request: Request, product: Product, current: ProvisionedProduct, parameters: Mapping[str, Any]
) -> Mapping[str, Any]:
    """An update without a path goes by the one of the launch, as long as that one exists."""
    if "PathId" in parameters or "PathName" in parameters:
        return parameters
    paths = launch_paths(request.region, product.id, request.caller, request.now)
    if any(path.id == current.path_id for path in paths):
        return {"PathId": current.path_id}
    return parameters


def _offer(request: Request, path: LaunchPath, product: Product, parameters: Mapping[str, Any]) -> Offer:
    offer = Offer(request, path.portfolio, product)
    if offer.of(ConstraintType.STACKSET) or "ProvisioningPreferences" in parameters:
        raise invalid("Stack sets are not supported by the sandbox.")
    return offer


def _values(parameters: Mapping[str, Any]) -> dict[str, str]:
    given = parameters.get("ProvisioningParameters", [])
    values = {item.get("Key", ""): item.get("Value", "") for item in given}
    if len(values) < len(given) or "" in values:
        raise invalid("Every provisioning parameter must have a Key of its own.")
    return values


def _updated_values(
    request: Request, current: ProvisionedProduct, parameters: Mapping[str, Any]
) -> dict[str, str | None]:
    """The values of an update; None keeps the previous value. A parameter left out falls back to its default."""
    given = parameters.get("ProvisioningParameters", [])
    previous = request.region.versions.get(current.version_id)
    known = templates.parameters(templates.parse(previous.template)) if previous else current.parameters
    values: dict[str, str | None] = dict(_values(parameters))
    for item in given:
        if not item.get("UsePreviousValue"):
            continue
        if "Value" in item:
            raise invalid(f"Parameter {item['Key']} has both Value and UsePreviousValue.")
        if item["Key"] not in known:
            raise invalid(f"Parameter {item['Key']} has no previous value.")
        values[item["Key"]] = None
    return values


def _known(changes: Mapping[str, str | None], current: ProvisionedProduct) -> dict[str, str]:
    """The values of an update as far as the catalog was ever told them."""
    kept = {key: current.parameters[key] for key in changes if key in current.parameters}
    return kept | {key: value for key, value in changes.items() if value is not None}


def _updated_tags(current: ProvisionedProduct, offer: Offer, parameters: Mapping[str, Any]) -> dict[str, str]:
    kept = {key: value for key, value in current.tags.items() if not key.startswith("aws:")}
    if "Tags" not in parameters:
        return kept
    if offer.tag_update() != "ALLOWED":
        raise invalid("Tags cannot be changed without a RESOURCE_UPDATE constraint that allows it.")
    chosen = {key: value for key, value in kept.items() if not value.startswith(_TAG_CONFLICT)}
    return offer.tags(views.tag_list(chosen | given_tags(parameters)))


def _new_launched(
    request: Request,
    name: str,
    token: str,
    product: Product,
    version: Version,
    path: LaunchPath,
    offer: Offer,
) -> ProvisionedProduct:
    identifier = identifiers.new("pp")
    return ProvisionedProduct(
        id=identifier,
        arn=identifiers.provisioned_product_arn(request.region.name, request.account, name, identifier),
        account=request.account,
        name=name,
        token=token,
        created=request.now,
        status=ProvisionedProductStatus.UNDER_CHANGE,
        status_message=None,
        product_id=product.id,
        version_id=version.id,
        path_id=path.id,
        portfolio_arn=views.portfolio_arn(path.portfolio, request.region),
        user_arn=request.caller.principal,
        user_arn_session=request.caller.arn,
        launch_role_arn=offer.launch_role_arn(),
        tags={},
        parameters={},
        notification_arns=(),
        last_record_id="",
        last_provisioning_record_id="",
    )


def _order(
    launched: ProvisionedProduct, version: Version, offer: Offer, values: Mapping[str, str | None]
) -> StackOrder:
    return StackOrder(
        name=f"SC-{launched.account}-{launched.id}",
        template=templates.with_rules(version.template, offer.rules()),
        parameters=values,
        tags=launched.tags,
        notification_arns=launched.notification_arns,
    )


def _launch(request: Request, record: Record, role_arn: str | None) -> Launch:
    return Launch(
        region=request.region,
        record_id=record.id,
        account=request.account,
        role_arn=role_arn,
        credentials=request.caller.credentials,
    )
