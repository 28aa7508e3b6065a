"""Tag options and what they are attached to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers, views
from factory.sandbox.servicecatalog.errors import duplicate, in_use, invalid, limit_exceeded, not_found
from factory.sandbox.servicecatalog.paging import page
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Portfolio, Product, TagOption, TagOptionUse
from factory.sandbox.servicecatalog.visibility import owned_resource

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_VALUES = 25
_MAX_PER_RESOURCE = 25


@operation("CreateTagOption")
def create_tag_option(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Make a tag option; a key and value exist once."""
    key, value = parameters["Key"], parameters["Value"]
    if key.lower().startswith("aws:"):
        raise invalid("Tag keys that begin with aws: are reserved.")
    _refuse_duplicate(request, key, value)
    if sum(option.key == key for option in _owned(request)) >= _MAX_VALUES:
        raise limit_exceeded(f"A tag option key can have at most {_MAX_VALUES} values.")
    option = TagOption(id=identifiers.new("tag"), account=request.account, key=key, value=value)
    request.region.tag_options[option.id] = option
    return {"TagOptionDetail": views.tag_option_detail(option)}


@operation("DescribeTagOption")
def describe_tag_option(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a tag option."""
    return {"TagOptionDetail": views.tag_option_detail(_find(request, parameters["Id"]))}


@operation("UpdateTagOption")
def update_tag_option(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Change a tag option's value, or whether it is active."""
    current = _find(request, parameters["Id"])
    value = parameters.get("Value", current.value)
    if value != current.value:
        _refuse_duplicate(request, current.key, value)
    option = replace(current, value=value, active=parameters.get("Active", current.active))
    request.region.tag_options[option.id] = option
    return {"TagOptionDetail": views.tag_option_detail(option)}


@operation("DeleteTagOption")
def delete_tag_option(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a tag option that is attached to nothing any more."""
    option = _find(request, parameters["Id"])
    if any(use.tag_option_id == option.id for use in request.region.tag_option_uses):
        raise in_use(f"Tag option {option.id} cannot be deleted, because it is still associated.")
    del request.region.tag_options[option.id]
    return {}


@operation("ListTagOptions")
def list_tag_options(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The account's tag options, all or those of a key, a value or a state."""
    wanted = parameters.get("Filters", {})
    options = [
        option
        for option in _owned(request)
        if wanted.get("Key", option.key) == option.key
        and wanted.get("Value", option.value) == option.value
        and wanted.get("Active", option.active) == option.active
    ]
    shown, token = page(options, parameters, request.operation)
    return {"TagOptionDetails": [views.tag_option_detail(option) for option in shown], "PageToken": token}


@operation("AssociateTagOptionWithResource")
def associate_tag_option_with_resource(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Attach a tag option to one of the account's own portfolios or products."""
    resource = owned_resource(request.region, parameters["ResourceId"], request.account)
    option = _find(request, parameters["TagOptionId"])
    use = TagOptionUse(resource.id, option.id)
    if use in request.region.tag_option_uses:
        raise duplicate(f"Tag option {option.id} is already associated with {resource.id}.")
    attached = request.region.tag_options_on(resource.id)
    if len(attached) >= _MAX_PER_RESOURCE:
        raise limit_exceeded(f"A resource can have at most {_MAX_PER_RESOURCE} tag options.")
    request.region.tag_option_uses[use] = None
    return {}


@operation("DisassociateTagOptionFromResource")
def disassociate_tag_option_from_resource(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Detach a tag option."""
    resource = owned_resource(request.region, parameters["ResourceId"], request.account)
    use = TagOptionUse(resource.id, _find(request, parameters["TagOptionId"]).id)
    if use not in request.region.tag_option_uses:
        raise not_found(f"Tag option {use.tag_option_id} is not associated with {resource.id}.")
    del request.region.tag_option_uses[use]
    return {}


@operation("ListResourcesForTagOption")
def list_resources_for_tag_option(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """What a tag option is attached to, all or only portfolios or products."""
    option = _find(request, parameters["TagOptionId"])
    kinds = {"Portfolio": (Portfolio,), "Product": (Product,)}
    kind = parameters.get("ResourceType")
    if kind is not None and kind not in kinds:
        raise invalid("ResourceType must be Portfolio or Product.")
    resources = [
        resource
        for use in request.region.tag_option_uses
        if use.tag_option_id == option.id
        for resource in [owned_resource(request.region, use.resource_id, request.account)]
        if isinstance(resource, kinds.get(str(kind), (Portfolio, Product)))
    ]
    shown, token = page(resources, parameters, request.operation)
    return {"ResourceDetails": [_detail(resource, request) for resource in shown], "PageToken": token}


def _owned(request: Request) -> list[TagOption]:
    return [option for option in request.region.tag_options.values() if option.account == request.account]


def _find(request: Request, identifier: str) -> TagOption:
    option = request.region.tag_options.get(identifier)
    if option is None or option.account != request.account:
        raise not_found(f"Tag option {identifier} does not exist or access was denied.")
    return option


def _refuse_duplicate(request: Request, key: str, value: str) -> None:
    if any((option.key, option.value) == (key, value) for option in _owned(request)):
        raise duplicate(f"A tag option with key {key} and value {value} exists already.")


def _detail(resource: Portfolio | Product, request: Request) -> dict[str, Any]:
    if isinstance(resource, Portfolio):
        name, arn = resource.display_name, views.portfolio_arn(resource, request.region)
    else:
        name, arn = resource.name, views.product_arn(resource, request.region)
    return {
        "Id": resource.id,
        "ARN": arn,
        "Name": name,
        "Description": resource.description,
        "CreatedTime": resource.created,
    }
