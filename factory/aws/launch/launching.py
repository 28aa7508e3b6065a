"""An order checked against the catalog and the account, then carried out and watched to its end."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from factory.aws.errors import NOT_FOUND, translated
from factory.aws.launch.current import Current, find_current
from factory.aws.launch.drafting import Draft
from factory.aws.launch.instances import find_stack_set, instances_of, set_was_made
from factory.aws.launch.offers import Offer
from factory.aws.launch.parameters import Declared
from factory.aws.launch.stacks import Stack, find_stack, resource_types, stack_name, was_made
from factory.aws.launch.survey import Survey
from factory.aws.launch.terminating import forget
from factory.aws.launch.values import Course, LaunchStatus, Order, Outcome, Prepared, Watcher
from factory.aws.launch.watching import Ending, watch
from factory.aws.patience import Patience
from factory.aws.requests import token
from factory.aws.session import Accounts
from factory.catalog.constraints.stack_set import StackSet
from factory.catalog.model import Place, ProductName, VersionName
from factory.errors import LaunchError


def prepare(accounts: Accounts, place: Place, order: Order, survey: Survey | None = None) -> Prepared:
    """Check an order, and say what carrying it out would change. Changes nothing.

    A parameter gets the order's value, else the environment's, else the one that it has, else the template's default.
    A survey spares questions that other orders of the same run ask, too.
    Raises LaunchError with everything that is wrong with the order, CatalogError where AWS refuses a call.
    """
    survey = survey or Survey(accounts, place)
    with translated(f"launch {order.name} in {place}"):
        offer = survey.offer(order.product)
        if (seen := _seen_as_ordered(survey, offer, order)) is not None:
            return seen
        current = find_current(survey.catalog, order.name)
        stack = None
        if current is not None:
            _refuse_other_product(survey.catalog, offer, order, current)
            if current.status is LaunchStatus.UNDER_CHANGE:
                return _resumed(survey.catalog, offer, order, current)
            stack = _updatable_stack(accounts, place, current)
        return _prepared(survey, _draft(survey, offer, order, current, stack))


def problems_of(survey: Survey, order: Order) -> list[str]:
    """What is wrong with an order whatever the launches before it are going to make, as far as the survey sees.

    Raises CatalogError where AWS refuses a call.
    """
    with translated(f"launch {order.name} in {survey.place}"):
        try:
            offer = survey.offer(order.product)
            current = survey.seen(order.name)
            if current is not None and (current.is_stack_set or current.status is LaunchStatus.UNDER_CHANGE):
                return []
            stack = survey.stack(current) if current else None
            return _draft(survey, offer, order, current, stack).problems(None)
        except LaunchError as error:
            return [error.message]


def _seen_as_ordered(survey: Survey, offer: Offer, order: Order) -> Prepared | None:
    """The order where the survey saw that nothing is to be done; all else takes a closer look."""
    current = survey.seen(order.name)
    if current is None or current.status is not LaunchStatus.AVAILABLE or current.product_id != offer.id:
        return None
    # By which portfolio it was launched, a survey does not see; where there is one, that is no question.
    if current.is_stack_set or len(offer.paths) != 1:
        return None
    stack = survey.stack(current)
    if stack is None or not stack.updatable:
        return None
    prepared = _prepared(survey, _draft(survey, offer, order, current, stack))
    return prepared if prepared.course is Course.NOTHING else None


def _draft(survey: Survey, offer: Offer, order: Order, current: Current | None, stack: Stack | None) -> Draft:
    version = offer.version(order.version, current_id=current.version_id if current else None)
    path = offer.path(order.portfolio, current_id=current.path_id if current else None)
    described = survey.described(offer, version, path)
    return Draft(
        order=order,
        environment=survey.accounts.environments[survey.place.environment],
        offer=offer,
        version=version,
        path=path,
        declared={item.name: item for item in map(Declared.of, described["ProvisioningArtifactParameters"])},
        tag_options={item["Key"]: tuple(item["Values"]) for item in described.get("TagOptions", [])},
        makes_stack_set=any(item["Type"] == StackSet.type for item in described.get("ConstraintSummaries", [])),
        current=current,
        stack=stack,
    )


def _prepared(survey: Survey, draft: Draft) -> Prepared:
    if draft.current.is_stack_set if draft.current else draft.makes_stack_set:
        # What the parameters name has to be in the accounts and regions of the stack instances.
        return draft.prepared(None)
    return draft.prepared(survey.contract_values(draft.contract_names().values()))


def launch(accounts: Accounts, prepared: Prepared, watcher: Watcher) -> Outcome:
    """Carry out a prepared order and watch it to its end.

    An interrupt (Ctrl-C) ends the watching only: the launch goes on in AWS, and preparing the same order again leads
    back to it. Raises LaunchError with the first resource that failed, CatalogError where AWS refuses a call.
    """
    place, name = prepared.place, prepared.name
    catalog = accounts.in_place("servicecatalog", place)
    with translated(f"launch {name} in {place}"):
        if prepared.there is not None:
            stack = prepared.there.stack
            return replace(
                prepared.there, resource_types=resource_types(accounts.in_place("cloudformation", place), stack)
            )
        if prepared.course is not Course.NOTHING:
            record = prepared.record or _begin(catalog, prepared, Patience(sleep=watcher.sleep))
            ending = watch(accounts, place, record, watcher)
            if not ending.succeeded:
                raise _failure(accounts, prepared, ending, watcher)
        return outcome_of(accounts, place, name, prepared.product, prepared.version)


def outcome_of(accounts: Accounts, place: Place, name: str, product: ProductName, version: VersionName) -> Outcome:
    """What a launch of that version has become. Raises LaunchError where it is gone."""
    catalog = accounts.in_place("servicecatalog", place)
    current = find_current(catalog, name)
    if current is None:
        raise LaunchError(f"launch {name} in {place}: somebody terminated it meanwhile")
    outcome = Outcome(name=name, product=product, version=version, status=current.status, outputs=current.outputs)
    if current.is_stack_set:
        return replace(outcome, instances=instances_of(catalog, current.id))
    stack = current.stack or stack_name(accounts.environments[place.environment].account, current.id)
    types = resource_types(accounts.in_place("cloudformation", place), stack)
    return replace(outcome, stack=stack, resource_types=types)


def _refuse_other_product(catalog: Any, offer: Offer, order: Order, current: Current) -> None:
    """Raise LaunchError where the name belongs to another product's launch.

    A product that was deleted from the catalog and published again has another id, but its name.
    """
    if current.product_id == offer.id:
        return
    query = {"SearchQuery": [f"id:{current.id}"]}
    found = catalog.search_provisioned_products(Filters=query, AccessLevelFilter={"Key": "Account", "Value": "self"})
    names = [item.get("ProductName") for item in found["ProvisionedProducts"] if item["Id"] == current.id]
    if names != [offer.product]:
        raise LaunchError(
            f"launch {order.name} in {offer.place}: the name belongs to a launch of {names[0] if names else 'another'}",
            hint="give it another name",
        )


def _resumed(catalog: Any, offer: Offer, order: Order, current: Current) -> Prepared:
    """The launch that is under way already. Raises LaunchError where it is being terminated."""
    record = catalog.describe_record(Id=current.last_record)["RecordDetail"]
    if record.get("RecordType") == "TERMINATE_PROVISIONED_PRODUCT":
        raise LaunchError(
            f"launch {order.name} in {offer.place}: it is being terminated", hint="run it again when that has ended"
        )
    offered = {version.id: version.name for version in offer.versions}
    under_way = record.get("ProvisioningArtifactId", "")
    return Prepared(
        place=offer.place,
        name=order.name,
        product=offer.product,
        version=offered.get(under_way, VersionName(under_way)),
        course=Course.RESUME,
        record=current.last_record,
    )


def _updatable_stack(accounts: Accounts, place: Place, current: Current) -> Stack:
    """The present launch's stack or stack set. Raises LaunchError where there is none that could be updated."""
    if current.status is LaunchStatus.PLAN_IN_PROGRESS:
        raise LaunchError(
            f"launch {current.name} in {place}: a plan of it waits to be executed or deleted",
            hint="settle the plan in the Service Catalog console",
        )
    name = current.stack or stack_name(accounts.environments[place.environment].account, current.id)
    find = find_stack_set if current.is_stack_set else find_stack
    stack = find(accounts.in_place("cloudformation", place), name)
    if stack is None or not stack.updatable:
        state = f"its stack is {stack.status}" if stack else "it has no stack"
        raise LaunchError(
            f"launch {current.name} in {place}: it failed before and cannot be updated, as {state}",
            hint=f"factory terminate {current.name} -e {place.environment}",
        )
    return stack


def _begin(catalog: Any, prepared: Prepared, patience: Patience) -> str:
    """Ask for what was prepared, and give the id of the record to follow.

    The token names the last request before this one: asked again after an interruption it is the same request, and
    after a termination it is a new one.
    """
    request = dict(prepared.request)
    if prepared.course is Course.PROVISION:
        history = catalog.list_record_history(
            AccessLevelFilter={"Key": "Account", "Value": "self"},
            SearchFilter={"Key": "product", "Value": request["ProductId"]},
        )["RecordDetails"]
        key = token("provision", prepared.request, history[0]["RecordId"] if history else "")
        # A product that was shared a moment ago may not be known to every part of the service.
        answer = patience.retry(lambda: catalog.provision_product(**request, ProvisionToken=key), NOT_FOUND)
    else:
        last = catalog.describe_provisioned_product(Id=request["ProvisionedProductId"])["ProvisionedProductDetail"]
        key = token("update", prepared.request, last["LastRecordId"])
        answer = catalog.update_provisioned_product(**request, UpdateToken=key)
    return str(answer["RecordDetail"]["RecordId"])


def _failure(accounts: Accounts, prepared: Prepared, ending: Ending, watcher: Watcher) -> LaunchError:
    place, name = prepared.place, prepared.name
    said = f"launch {name} in {place} failed: {ending.reason}"
    again = f"factory terminate {name} -e {place.environment}"
    if prepared.course is Course.PROVISION:
        made = set_was_made if ending.is_stack_set else was_made
        if not made(accounts.in_place("cloudformation", place), ending.stack):
            # Refused before anything was made: an empty entry in the list of launches helps nobody.
            forget(accounts.in_place("servicecatalog", place), ending.launch_id, Patience(sleep=watcher.sleep))
            return LaunchError(said)
        if not ending.is_stack_set:
            return LaunchError(said, hint=f"mend the cause, then {again}, and launch again")
    return LaunchError(said, hint=f"mend the cause and run it again; factory status -e {place.environment}")
