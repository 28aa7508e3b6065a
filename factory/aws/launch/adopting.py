"""A CloudFormation stack that runs, made a launch of a product whose template it has."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from factory.aws.artifacts import ArtifactStore
from factory.aws.errors import HINTS, INVALID_STATE, NOT_FOUND, code_of, translated
from factory.aws.launch.launching import outcome_of
from factory.aws.launch.offers import find_offer, list_products
from factory.aws.launch.values import LaunchStatus, Outcome, Watcher
from factory.aws.launch.watching import watch
from factory.aws.paging import items
from factory.aws.patience import Patience
from factory.aws.requests import token
from factory.aws.session import Accounts
from factory.catalog.model import Place, ProductName, VersionName
from factory.errors import LaunchError
from factory.gates.difference import compare
from factory.gates.difference.render import to_lines
from factory.synthesis.reading import template_data

# ImportAsProvisionedProduct, API reference.
_STATUSES = frozenset(
    {
        "CREATE_COMPLETE",
        "UPDATE_COMPLETE",
        "UPDATE_ROLLBACK_COMPLETE",
        "IMPORT_COMPLETE",
        "IMPORT_ROLLBACK_COMPLETE",
    }
)
_NO_STACK = "ValidationError"
_ONE_AT_A_TIME = "another import is under way in the account: run it again when that has ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Adoptable:
    """A stack that may become a launch."""

    place: Place
    name: str
    """Of the launch."""
    stack: str
    """The stack's id."""
    product: ProductName
    version: VersionName
    product_id: str
    version_id: str
    is_launched: bool = False
    """Whether it is that launch already."""
    record: str = ""
    """The record to watch, where it is being imported already."""


def find_adoptable(
    accounts: Accounts,
    place: Place,
    store: ArtifactStore,
    *,
    stack: str,
    product: ProductName,
    version: VersionName,
    name: str | None,
) -> Adoptable:
    """Check that a stack may become a launch of a version; `name` is the stack's unless given. Changes nothing.

    Raises LaunchError where it may not, CatalogError where AWS refuses a call.
    """
    with translated(f"stack {stack} in {place}"):
        described = _describe(accounts, place, stack)
        catalog = accounts.in_place("servicecatalog", place)
        offer = find_offer(catalog, place, product, list_products(catalog, place))
        adoptable = Adoptable(
            place=place,
            name=name or described["StackName"],
            stack=described["StackId"],
            product=product,
            version=version,
            product_id=offer.id,
            version_id=offer.version(version, current_id=None).id,
        )
        if launched := _launched(catalog, adoptable):
            return launched
        _refuse_state(adoptable, described)
        _refuse_other_template(accounts, store, adoptable)
        return adoptable


def adopt(accounts: Accounts, adoptable: Adoptable, watcher: Watcher) -> Outcome:
    """Make the stack a launch, and watch that to its end. An interrupt ends the watching only.

    Raises LaunchError where it fails, CatalogError where AWS refuses a call.
    """
    place, name = adoptable.place, adoptable.name
    with translated(f"import {name} in {place}", {**HINTS, INVALID_STATE: _ONE_AT_A_TIME}):
        if not adoptable.is_launched:
            record = adoptable.record or _begin(accounts, adoptable, watcher)
            ending = watch(accounts, place, record, watcher)
            if not ending.succeeded:
                raise LaunchError(
                    f"import {name} in {place} failed: {ending.reason}",
                    hint=f"mend the cause and run it again; factory status -e {place.environment}",
                )
        return outcome_of(accounts, place, name, adoptable.product, adoptable.version)


def _begin(accounts: Accounts, adoptable: Adoptable, watcher: Watcher) -> str:
    catalog = accounts.in_place("servicecatalog", adoptable.place)
    arguments = {
        "ProductId": adoptable.product_id,
        "ProvisioningArtifactId": adoptable.version_id,
        "ProvisionedProductName": adoptable.name,
        "PhysicalId": adoptable.stack,
    }
    # A launch of the stack that was ended without its resources lies before a second import.
    history = catalog.list_record_history(
        AccessLevelFilter={"Key": "Account", "Value": "self"},
        SearchFilter={"Key": "product", "Value": adoptable.product_id},
    )["RecordDetails"]
    key = token("import", sorted(arguments.items()), history[0]["RecordId"] if history else "")
    answer = Patience(sleep=watcher.sleep).retry(
        lambda: catalog.import_as_provisioned_product(**arguments, IdempotencyToken=key), NOT_FOUND
    )
    return str(answer["RecordDetail"]["RecordId"])


def _describe(accounts: Accounts, place: Place, stack: str) -> dict[str, Any]:
    try:
        answer = accounts.in_place("cloudformation", place).describe_stacks(StackName=stack)
    except ClientError as error:
        if code_of(error) != _NO_STACK:
            raise
        account = accounts.environments[place.environment].account
        raise LaunchError(f"stack {stack}: account {account} has none of that name in {place.region}") from error
    described: dict[str, Any] = answer["Stacks"][0]
    return described


def _launched(catalog: Any, adoptable: Adoptable) -> Adoptable | None:
    """The stack where it is that launch already. Raises LaunchError where stack or name belong to another one."""
    scope = {"Key": "Account", "Value": "self"}
    for item in items(catalog, "SearchProvisionedProducts", "ProvisionedProducts", AccessLevelFilter=scope):
        is_stack, is_name = item.get("PhysicalId") == adoptable.stack, item["Name"] == adoptable.name
        if is_stack and is_name and item["ProvisioningArtifactId"] == adoptable.version_id:
            is_changing = item["Status"] == LaunchStatus.UNDER_CHANGE
            record = item["LastRecordId"] if is_changing else ""
            return replace(adoptable, is_launched=not is_changing, record=record)
        if is_stack:
            what = f"{item.get('ProductName', item['ProductId'])} {item.get('ProvisioningArtifactName', '')}".strip()
            raise LaunchError(f"stack {adoptable.stack}: it is launch {item['Name']} of {what} already")
        if is_name:
            raise LaunchError(
                f"stack {adoptable.stack}: {adoptable.name} is the name of a launch already",
                hint="give the launch another name: --name",
            )
    return None


def _refuse_state(adoptable: Adoptable, described: dict[str, Any]) -> None:
    status = described["StackStatus"]
    if described.get("ParentId"):
        raise LaunchError(f"stack {adoptable.stack}: it is nested in {described['ParentId']}; only root stacks qualify")
    if status not in _STATUSES:
        raise LaunchError(
            f"stack {adoptable.stack}: it is {status}; it has to be {', '.join(sorted(_STATUSES))}",
            hint="wait for it or mend it, then run it again",
        )


def _refuse_other_template(accounts: Accounts, store: ArtifactStore, adoptable: Adoptable) -> None:
    client = accounts.in_place("cloudformation", adoptable.place)
    body = client.get_template(StackName=adoptable.stack, TemplateStage="Original")["TemplateBody"]
    # boto3 gives JSON as data.
    actual = template_data((body if isinstance(body, str) else json.dumps(body)).encode())
    published = template_data(store.get(adoptable.product, adoptable.version))
    if actual == published:
        return
    lines = "".join(f"\n  {line}" for line, _ in to_lines(compare(actual, published)))
    raise LaunchError(
        f"stack {adoptable.stack}: its template is not that of {adoptable.product} {adoptable.version}; an update to "
        f"that would be:{lines}",
        hint="publish a version with the stack's own template, or update the stack to the version's template first",
    )
