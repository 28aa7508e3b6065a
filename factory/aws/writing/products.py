"""Products, their versions, and the portfolios that offer them."""

from __future__ import annotations

from typing import Any

from factory.aws.descriptions import dated, digest_text
from factory.aws.errors import IN_USE, NOT_FOUND
from factory.aws.ids import distributor, mark
from factory.aws.requests import tag_changes, tag_list
from factory.aws.writing.context import Context, carry_out, unless_gone
from factory.catalog.marks import PRODUCT_TAG
from factory.catalog.model import CatalogProduct, ProductName, Version
from factory.errors import CatalogError
from factory.planning.actions import (
    AddVersion,
    AssociateProduct,
    CreateProduct,
    DeleteProduct,
    DeleteVersion,
    DisassociateProduct,
    UpdateProduct,
    UpdateVersion,
)

_TYPE = "CLOUD_FORMATION_TEMPLATE"


@carry_out.register
def _create(action: CreateProduct, at: Context) -> None:
    product = action.product
    texts = {key: value for key, value in _texts(product, at).items() if value}
    tags = (*product.tags, (PRODUCT_TAG, mark(at.place, product.name)))
    template = _template(product.name, action.version, at)
    versions: dict[str, str] = {}

    def create(**token: str) -> str:
        answer = at.hub.create_product(
            **texts, ProductType=_TYPE, Tags=tag_list(tags), ProvisioningArtifactParameters=template, **token
        )
        id_ = str(answer["ProductViewDetail"]["ProductViewSummary"]["ProductId"])
        versions[id_] = answer["ProvisioningArtifactDetail"]["Id"]
        return id_

    def exists(id_: str) -> bool:
        return _is_available(product.name, action.version, id_, versions[id_], at)

    try:
        id_ = at.create(create, exists, "product", texts, tags, template)
    except CatalogError as error:
        if error.code == _FAILED:
            for id_ in versions:
                unless_gone(at.hub.delete_product, Id=id_)
        raise
    at.ids.products[at.place, product.name] = id_
    at.ids.versions[at.place, product.name, action.version.name] = versions[id_]


@carry_out.register
def _update(action: UpdateProduct, at: Context) -> None:
    at.hub.update_product(
        Id=at.ids.products[at.place, action.after.name],
        **_texts(action.after, at),
        **tag_changes(action.before.tags, action.after.tags),
    )


@carry_out.register
def _delete(action: DeleteProduct, at: Context) -> None:
    id_ = at.ids.products[at.place, action.product]
    # What it was taken out of a moment ago may still count.
    at.patience.retry(lambda: unless_gone(at.hub.delete_product, Id=id_), IN_USE)
    del at.ids.products[at.place, action.product]


@carry_out.register
def _add_version(action: AddVersion, at: Context) -> None:
    product = at.ids.products[at.place, action.product]
    template = _template(action.product, action.version, at)

    def create(**token: str) -> str:
        answer = at.hub.create_provisioning_artifact(ProductId=product, Parameters=template, **token)
        return str(answer["ProvisioningArtifactDetail"]["Id"])

    made: list[str] = []

    def exists(id_: str) -> bool:
        made.append(id_)
        return _is_available(action.product, action.version, product, id_, at)

    try:
        id_ = at.create(create, exists, "version", product, template)
    except CatalogError as error:
        if error.code == _FAILED:
            unless_gone(at.hub.delete_provisioning_artifact, ProductId=product, ProvisioningArtifactId=made[-1])
        raise
    at.ids.versions[at.place, action.product, action.version.name] = id_


@carry_out.register
def _update_version(action: UpdateVersion, at: Context) -> None:
    after = action.after
    ids = {
        "ProductId": at.ids.products[at.place, action.product],
        "ProvisioningArtifactId": at.ids.versions[at.place, action.product, after.name],
    }
    texts = {}
    # One that is switched off keeps its text, and so may have an old one when it is switched on.
    if after.active and (not action.before.active or after.deprecated_since != action.before.deprecated_since):
        found = at.hub.describe_provisioning_artifact(**ids)["ProvisioningArtifactDetail"].get("Description", "")
        texts = {"Description": dated(found, after.deprecated_since)}
    at.hub.update_provisioning_artifact(**ids, **texts, Active=after.active, Guidance=after.guidance.value)


@carry_out.register
def _delete_version(action: DeleteVersion, at: Context) -> None:
    unless_gone(
        at.hub.delete_provisioning_artifact,
        ProductId=at.ids.products[at.place, action.product],
        ProvisioningArtifactId=at.ids.versions.pop((at.place, action.product, action.version)),
    )


@carry_out.register
def _associate(action: AssociateProduct, at: Context) -> None:
    ids = {
        "ProductId": at.ids.products[at.place, action.product],
        "PortfolioId": at.ids.portfolios[at.place, action.portfolio],
    }
    at.patience.retry(lambda: at.hub.associate_product_with_portfolio(**ids), NOT_FOUND)


@carry_out.register
def _disassociate(action: DisassociateProduct, at: Context) -> None:
    ids = {
        "ProductId": at.ids.products[at.place, action.product],
        "PortfolioId": at.ids.portfolios[at.place, action.portfolio],
    }
    at.patience.retry(lambda: unless_gone(at.hub.disassociate_product_from_portfolio, **ids), IN_USE)


def _texts(product: CatalogProduct, at: Context) -> dict[str, str]:
    return {
        "Name": product.name,
        "Owner": product.owner,
        "Description": product.description,
        "Distributor": distributor(at.place),
        "SupportEmail": product.support_email,
        "SupportUrl": product.support_url,
    }


def _template(product: ProductName, version: Version, at: Context) -> dict[str, Any]:
    """A version's properties, with the template brought to the artifact bucket before."""
    artifact = at.artifacts.get(version.digest)
    url = at.store.provide(at.place.region, product, version.name, version.digest, artifact)
    return {
        "Name": version.name,
        "Description": f"{product} {version.name}, template {digest_text(version.digest)}",
        "Type": _TYPE,
        "Info": {"LoadTemplateFromURL": url},
    }


_FAILED = "FAILED"


def _is_available(name: ProductName, version: Version, product: str, id_: str, at: Context) -> bool:
    """Whether Service Catalog has taken the template over. Raises CatalogError with code FAILED where it could not."""
    answer = at.hub.describe_provisioning_artifact(ProductId=product, ProvisioningArtifactId=id_)
    if answer["Status"] == _FAILED:
        raise CatalogError(
            f"version {version.name} of product {name} in {at.place}: Service Catalog does not take its template",
            operation="DescribeProvisioningArtifact",
            code=_FAILED,
            hint=f"factory lint {name}",
        )
    return bool(answer["Status"] == "AVAILABLE")
