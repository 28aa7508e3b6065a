"""Requests for a launch or an update into what the stack engine is to be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers, templates, views
from factory.sandbox.servicecatalog.errors import invalid
from factory.sandbox.servicecatalog.offers import Offer, StackSetSettings, system_tags
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.stack_sets import Reach, StackSetOrder
from factory.sandbox.servicecatalog.stacks import StackOrder
from factory.sandbox.servicecatalog.state import (
    Guidance,
    Product,
    ProvisionedProduct,
    ProvisionedProductStatus,
    ProvisionedProductType,
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
_UPDATED = (
    "product_id",
    "version_id",
    "path_id",
    "portfolio_arn",
    "launch_role_arn",
    "parameters",
    "tags",
    "notification_arns",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A provisioned product as it is to become, and the order for its stack or stack set."""

    launched: ProvisionedProduct
    order: StackOrder | StackSetOrder


def prepare_launch(request: Request, parameters: Mapping[str, Any], token: str) -> Prepared:
    """A launch of a version of a product, under a name that is still free.

    What the catalog itself knows to be wrong is refused with InvalidParametersException or
    ResourceNotFoundException.
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
    offer = Offer(request, path.portfolio, product)
    settings = offer.stack_set()
    values = _values(parameters)
    tags = offer.tags(parameters.get("Tags", []))
    topics = offer.notification_arns(parameters.get("NotificationArns", []))
    name = parameters["ProvisionedProductName"]
    if any(
        (launched.account, launched.name) == (request.account, name)
        for launched in request.region.provisioned_products.values()
    ):
        raise invalid(f"A stack named {name} already exists.")
    launched = new_launched(request, name, token, product, version, path)
    launched = replace(
        launched,
        launch_role_arn=offer.launch_role_arn(),
        tags=tags | system_tags(product, version, launched, request.region.name),
        parameters=values,
        notification_arns=topics,
        type=ProvisionedProductType.CFN_STACKSET if settings else ProvisionedProductType.CFN_STACK,
    )
    order = _order(launched, version, offer, values)
    return Prepared(launched=launched, order=_everywhere(order, settings, parameters))


def prepare_update(request: Request, current: ProvisionedProduct, parameters: Mapping[str, Any]) -> Prepared:
    """An update of a launch to a version, which may be the one it has; refused as a launch is."""
    region = request.region
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
    offer = Offer(request, path.portfolio, product)
    settings = offer.stack_set() if current.type is ProvisionedProductType.CFN_STACKSET else None
    if settings is None and current.type is ProvisionedProductType.CFN_STACKSET:
        raise invalid(f"Provisioned product {current.id} is a stack set, but {path.id} has no STACKSET constraint.")
    values = _updated_values(request, current, parameters)
    topics = current.notification_arns
    if "NotificationArns" in parameters:
        topics = offer.notification_arns(parameters["NotificationArns"])
    changed = replace(
        current,
        product_id=product.id,
        version_id=version.id,
        path_id=path.id,
        portfolio_arn=views.portfolio_arn(path.portfolio, region),
        launch_role_arn=offer.launch_role_arn(),
        parameters=_known(values, current),
        notification_arns=topics,
    )
    changed = replace(
        changed,
        tags=_updated_tags(current, offer, parameters) | system_tags(product, version, changed, region.name),
    )
    order = _order(changed, version, offer, values)
    return Prepared(launched=changed, order=_everywhere(order, settings, parameters))


def prepare_instances(request: Request, current: ProvisionedProduct, parameters: Mapping[str, Any]) -> Reach:
    """Which instances of a launch are to be made or deleted; refused unless its constraint lets users do so.

    Whatever else an update may say is ignored, as the API reference has it.
    """
    product = launchable_product(request.region, request.caller, request.now, current.product_id, None)
    path = _path(request, product, _with_current_path(request, product, current, parameters))
    settings = Offer(request, path.portfolio, product).stack_set()
    if settings is None or current.type is not ProvisionedProductType.CFN_STACKSET:
        raise invalid(f"Provisioned product {current.id} is not a stack set under a STACKSET constraint.")
    if not settings.instance_control:
        raise invalid("The STACKSET constraint does not allow to create, update or delete single stack instances.")
    return _reach(settings, parameters.get("ProvisioningPreferences", {}))


def changes(launched: ProvisionedProduct) -> dict[str, Any]:
    """What an update changes about a provisioned product once it has succeeded, by field."""
    return {name: getattr(launched, name) for name in _UPDATED}


def given_tags(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The tags of a request, by key."""
    return {tag["Key"]: tag["Value"] for tag in parameters.get("Tags", [])}


def new_launched(
    request: Request, name: str, token: str, product: Product, version: Version, path: LaunchPath
) -> ProvisionedProduct:
    """A provisioned product of the caller that has neither stack nor role, tags nor parameters yet."""
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
        launch_role_arn=None,
        tags={},
        parameters={},
        notification_arns=(),
        last_record_id="",
        last_provisioning_record_id="",
    )


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


def _everywhere(
    order: StackOrder, settings: StackSetSettings | None, parameters: Mapping[str, Any]
) -> StackOrder | StackSetOrder:
    """The order for a stack set, where the constraint makes one of it."""
    given: Mapping[str, Any] = parameters.get("ProvisioningPreferences", {})
    if settings is None:
        if given:
            raise invalid("ProvisioningPreferences apply to products with a STACKSET constraint only.")
        return order
    return StackSetOrder(
        stack=order,
        administration_role_arn=settings.administration_role_arn,
        execution_role_name=settings.execution_role_name,
        reach=_reach(settings, given),
        whole=not {"StackSetAccounts", "StackSetRegions"} & given.keys(),
    )


def _reach(settings: StackSetSettings, given: Mapping[str, Any]) -> Reach:
    """The accounts and regions of a request, all of the constraint's unless it names some of them."""
    for name in ("StackSetFailureTolerance", "StackSetMaxConcurrency"):
        if f"{name}Count" in given and f"{name}Percentage" in given:
            raise invalid(f"Specify either {name}Count or {name}Percentage, but not both.")
    accounts = tuple(given.get("StackSetAccounts") or settings.accounts)
    regions = tuple(given.get("StackSetRegions") or settings.regions)
    for name, chosen, offered in (("account", accounts, settings.accounts), ("Region", regions, settings.regions)):
        if foreign := [item for item in chosen if item not in offered]:
            raise invalid(f"The STACKSET constraint does not have {name} {foreign[0]}.")
    return Reach.of(accounts, regions, given)


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


def _order(
    launched: ProvisionedProduct, version: Version, offer: Offer, values: Mapping[str, str | None]
) -> StackOrder:
    # An imported stack keeps the name it has.
    existing = launched.physical_id.split("/")[1] if launched.physical_id else None
    return StackOrder(
        name=existing or f"SC-{launched.account}-{launched.id}",
        template=templates.with_rules(version.template, offer.rules()),
        parameters=values,
        tags=launched.tags,
        notification_arns=launched.notification_arns,
    )
