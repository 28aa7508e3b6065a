"""Copies of products, into a new product or into one that exists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers
from factory.sandbox.servicecatalog.attached import Copy, CopyStatus
from factory.sandbox.servicecatalog.errors import ServiceError, invalid, not_found
from factory.sandbox.servicecatalog.operations.products import require_room_for_product
from factory.sandbox.servicecatalog.operations.versions import require_room_for_versions
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.state import Guidance, Product, Version
from factory.sandbox.servicecatalog.tags import changed_tags
from factory.sandbox.servicecatalog.views import tag_list
from factory.sandbox.servicecatalog.visibility import owned_product, seen_product, version_of

_PRODUCT_ARN = re.compile(r"arn:aws:catalog:(?P<region>[a-z0-9-]+):(?P<account>\d{12}):product/(?P<id>[\w-]+)")


@operation("CopyProduct", token="IdempotencyToken")  # noqa: S106
def copy_product(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a product that the account sees, in any region, with all its versions or with those that are named.

    A source that is not there is refused at once; a full quota fails the copy. The copied versions are there
    when the copy has finished; that each begins active and without guidance, and that TargetProductName means
    nothing to a target that exists, was not compared with the real service.
    """
    source, versions = _source(request, parameters)
    target = parameters.get("TargetProductId")
    existing = owned_product(request.region, target, request.account) if target is not None else None
    if existing is not None and existing.id == source.id:
        raise invalid("The source and the target of a copy must be different products.")
    product_id, failure = None, None
    try:
        product_id = _copied(request, source, versions, existing, parameters)
    except ServiceError as error:
        failure = error.message
    copy = Copy(
        token=identifiers.new("copyproduct"),
        account=request.account,
        product_id=product_id,
        failure=failure,
        finishes=request.now + request.delays.version_seconds,
    )
    request.region.copies[copy.token] = copy
    return {"CopyProductToken": copy.token}


@operation("DescribeCopyProductStatus")
def describe_copy_product_status(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """How far a copy has come, and once it has succeeded, into which product."""
    copy = request.region.copies.get(parameters["CopyProductToken"])
    if copy is None or copy.account != request.account:
        raise not_found(f"Copy product token {parameters['CopyProductToken']} does not exist.")
    status = copy.status(request.now)
    finished = status is not CopyStatus.IN_PROGRESS
    return {
        "CopyProductStatus": status.value,
        "TargetProductId": copy.product_id if finished else None,
        "StatusDetail": copy.failure if finished else None,
    }


def _source(request: Request, parameters: Mapping[str, Any]) -> tuple[Product, list[Version]]:
    arn = _PRODUCT_ARN.fullmatch(parameters["SourceProductArn"])
    if arn is None:
        raise invalid("SourceProductArn must be the ARN of a product.")
    region = request.state.region(arn["region"])
    product = seen_product(region, arn["id"], request.account, request.now)
    if product.account != arn["account"]:
        raise not_found(f"Product {arn[0]} does not exist or access was denied.")
    named = parameters.get("SourceProvisioningArtifactIdentifiers")
    if named is None:
        return product, region.versions_of(product.id)
    return product, [version_of(region, product, item.get("Id"), None) for item in named]


def _copied(
    request: Request, source: Product, versions: list[Version], existing: Product | None, parameters: Mapping[str, Any]
) -> str:
    tags = source.tags if "CopyTags" in parameters.get("CopyOptions", []) else {}
    if existing is None:
        require_room_for_product(request)
        target = replace(
            source,
            id=identifiers.new("prod"),
            view_id=identifiers.new("prodview"),
            account=request.account,
            name=parameters.get("TargetProductName", source.name),
            created=request.now,
            tags=tags,
        )
    else:
        target = replace(existing, tags=changed_tags(existing.tags, {"AddTags": tag_list(tags)}))
    require_room_for_versions(request, target.id, len(versions))
    request.region.products[target.id] = target
    for version in versions:
        copied = replace(
            version,
            id=identifiers.new("pa"),
            product_id=target.id,
            created=request.now,
            settles=request.now + request.delays.version_seconds,
            active=True,
            guidance=Guidance.DEFAULT,
        )
        request.region.versions[copied.id] = copied
    return target.id
