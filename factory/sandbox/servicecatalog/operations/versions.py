"""Versions of products, which AWS calls provisioning artifacts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from factory.sandbox.servicecatalog import identifiers, templates, views
from factory.sandbox.servicecatalog.endpoint import account_credentials
from factory.sandbox.servicecatalog.errors import in_use, invalid, limit_exceeded
from factory.sandbox.servicecatalog.registry import operation
from factory.sandbox.servicecatalog.request import Request
from factory.sandbox.servicecatalog.stacks import Place, StackRefused
from factory.sandbox.servicecatalog.state import Guidance, Product, Version
from factory.sandbox.servicecatalog.visibility import (
    by_id_or_name,
    owned_product,
    seen_product,
    seen_products,
    version_of,
)

# AWS Service Catalog Administrator Guide, "AWS Service Catalog default service quotas".
_MAX_VERSIONS = 100
_CLOUDFORMATION = "CLOUD_FORMATION_TEMPLATE"
# What is asked for under one key is answered under another (AWS CLI Command Reference, examples of
# create-provisioning-artifact and describe-provisioning-artifact). What becomes of a stack's ARN is not documented.
_ANSWERED = {"LoadTemplateFromURL": "TemplateUrl"}


def add_version(request: Request, product_id: str, properties: Mapping[str, Any]) -> Version:
    """Take a template over as a new version, which is CREATING for a moment.

    A template that cannot be read or is not valid is refused at once with InvalidParametersException. With
    DisableTemplateValidation only text that is no template at all fails, and does so later; that this is when
    the real service answers FAILED is an assumption.
    """
    kind = properties.get("Type", _CLOUDFORMATION)
    if kind != _CLOUDFORMATION:
        raise invalid(f"Type {kind} is not supported by the sandbox; only {_CLOUDFORMATION} is.")
    _check_name(properties.get("Name"))
    source = properties.get("Info") or {}
    template = templates.fetch(source, request.caller, request.endpoint)
    if not properties.get("DisableTemplateValidation"):
        _validate(request, template)
    version = Version(
        id=identifiers.new("pa"),
        product_id=product_id,
        name=properties.get("Name"),
        description=properties.get("Description"),
        type=kind,
        created=request.now,
        settles=request.now + request.delays.version_seconds,
        template=template,
        source=source,
        usable=templates.readable(template),
    )
    request.region.versions[version.id] = version
    return version


@operation("CreateProvisioningArtifact", token="IdempotencyToken")  # noqa: S106
def create_provisioning_artifact(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Add a version to one of the account's own products; the name may be in use already."""
    product = owned_product(request.region, parameters["ProductId"], request.account)
    require_room_for_versions(request, product.id, 1)
    return _answer(request, add_version(request, product.id, parameters["Parameters"]))


@operation("DescribeProvisioningArtifact")
def describe_provisioning_artifact(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a version; its id alone is enough."""
    version = _find(request, parameters)
    answer = _answer(request, version)
    if parameters.get("IncludeProvisioningArtifactParameters") and version.usable:
        described = templates.describe_parameters(templates.parse(version.template))
        answer["ProvisioningArtifactParameters"] = described
    return answer


@operation("UpdateProvisioningArtifact")
def update_provisioning_artifact(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Change a version's texts, whether it is active and what is advised about it; never its template."""
    _check_name(parameters.get("Name"))
    product = owned_product(request.region, parameters["ProductId"], request.account)
    current = version_of(request.region, product, parameters["ProvisioningArtifactId"], None)
    version = replace(
        current,
        name=parameters.get("Name", current.name),
        description=parameters.get("Description", current.description),
        active=parameters.get("Active", current.active),
        guidance=Guidance(parameters.get("Guidance", current.guidance)),
    )
    request.region.versions[version.id] = version
    return _answer(request, version)


@operation("DeleteProvisioningArtifact")
def delete_provisioning_artifact(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Delete a version, unless it is the product's last or has service actions; both codes are assumptions."""
    product = owned_product(request.region, parameters["ProductId"], request.account)
    version = version_of(request.region, product, parameters["ProvisioningArtifactId"], None)
    if len(request.region.versions_of(product.id)) == 1:
        raise in_use(f"{version.id} is the last provisioning artifact of {product.id} and cannot be deleted.")
    if request.region.service_actions_on(version.id):
        raise in_use(f"{version.id} cannot be deleted, because it still has service actions.")
    del request.region.versions[version.id]
    return {}


@operation("ListProvisioningArtifacts")
def list_provisioning_artifacts(request: Request, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """All versions of a product on one page: the operation takes no page token."""
    product = seen_product(request.region, parameters["ProductId"], request.account, request.now)
    versions = request.region.versions_of(product.id)
    return {"ProvisioningArtifactDetails": [views.version_detail(version) for version in versions]}


def require_room_for_versions(request: Request, product_id: str, count: int) -> None:
    """Raise LimitExceededException if a product cannot take so many further versions."""
    if len(request.region.versions_of(product_id)) + count > _MAX_VERSIONS:
        raise limit_exceeded(f"A product can have at most {_MAX_VERSIONS} versions.")


def _check_name(name: str | None) -> None:
    """No spaces are allowed in a name (ProvisioningArtifactProperties, API reference)."""
    if name is not None and any(map(str.isspace, name)):
        raise invalid(f"The provisioning artifact name {name!r} has spaces, which are not allowed.")


def _validate(request: Request, template: str) -> None:
    templates.parse(template)
    credentials = account_credentials(request.account)
    place = Place(account=request.account, region=request.region.name, credentials=credentials)
    try:
        request.stacks.validate(template, place)
    except StackRefused as refused:
        raise invalid(
            f"Invalid templateBody. Please make sure that your template is valid ({refused.description})"
        ) from refused


def _find(request: Request, parameters: Mapping[str, Any]) -> Version:
    products = seen_products(request.region, request.account, request.now)
    identifier = parameters.get("ProvisioningArtifactId")
    product_id, product_name = parameters.get("ProductId"), parameters.get("ProductName")
    if identifier is not None and product_id is None and product_name is None:
        known = request.region.versions.get(identifier)
        product_id = known.product_id if known else "unknown"
    product: Product = by_id_or_name(products, product_id, product_name)
    return version_of(request.region, product, identifier, parameters.get("ProvisioningArtifactName"))


def _answer(request: Request, version: Version) -> dict[str, Any]:
    return {
        "ProvisioningArtifactDetail": views.version_detail(version),
        "Info": {_ANSWERED.get(key, key): value for key, value in version.source.items()},
        "Status": version.status(request.now).value,
    }
