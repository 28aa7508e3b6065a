"""Launches from a published catalog, as a user of an environment's account makes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from factory.aws.launch import (
    Change,
    Course,
    Event,
    LaunchStatus,
    Order,
    Outcome,
    Survey,
    Watcher,
    launch,
    prepare,
    problems_of,
    provisioned,
    terminate,
)
from factory.catalog.model import Catalog, Guidance, Place, ProductName, VersionName
from factory.errors import LaunchError
from factory.synthesis.artifact import Artifact
from tests.aws.conftest import World
from tests.aws.samples import PARAMETERS, catalog_of, make_artifact, pinned, portfolio_of, product_of

ONE = make_artifact(parameters=PARAMETERS)
TWO = make_artifact(version="1.1.0", text="A better topic", parameters=PARAMETERS)
SAMPLE = ProductName("sample")
ORDER = Order(name="mine", product=SAMPLE, parameters=(("Owner", "me"),))
POLL = Watcher(poll_seconds=0.1)


@pytest.fixture
def published(world: World, dev: Place) -> World:
    """A world where dev offers version 1.0.0 of the sample."""
    world.publish(catalog_of(world.dev, dev, ONE), [ONE])
    return world


@pytest.fixture(scope="module")
def unused(make_world: Callable[[], World]) -> World:
    """The same, for tests that launch nothing."""
    world = make_world()
    world.publish(catalog_of(world.dev, world.dev.places[0], ONE), [ONE])
    return world


def run(world: World, place: Place, order: Order, watcher: Watcher = POLL) -> Outcome:
    accounts = world.direct
    return launch(accounts, prepare(accounts, place, order), watcher)


def test_launch_update_and_terminate(published: World, dev: Place) -> None:
    world, events = published, list[Event]()

    first = run(world, dev, ORDER, replace(POLL, observe=events.append))

    assert (first.status, first.version, first.resource_types) == (
        LaunchStatus.AVAILABLE,
        "1.0.0",
        ("AWS::SNS::Topic",),
    )
    assert [key for key, _ in first.outputs] == ["TopicArn"]
    assert [event.status for event in events if event.resource == "Topic"] == ["CREATE_IN_PROGRESS", "CREATE_COMPLETE"]
    assert len(events) == len(set(events))

    both = product_of(dev, ONE, TWO)
    world.publish(Catalog(portfolios=(portfolio_of(world.dev, dev, both),), products=(both,)), [TWO])
    (before,) = provisioned(world.direct, dev)
    prepared = prepare(world.direct, dev, replace(ORDER, parameters=(("Size", "large"),)))
    updated = launch(world.direct, prepared, POLL)
    (after,) = provisioned(world.direct, dev)

    assert (before.version, before.newest, before.behind) == ("1.0.0", "1.1.0", True)
    assert (prepared.course, prepared.current_version, prepared.version) == (Course.UPDATE, "1.0.0", "1.1.0")
    assert prepared.changes == (Change(parameter="Size", before="small", after="large"),)
    assert (updated.version, updated.outputs) == ("1.1.0", first.outputs)
    assert (after.version, after.behind, after.status) == ("1.1.0", False, LaunchStatus.AVAILABLE)

    terminate(world.direct, dev, "mine", POLL)

    assert provisioned(world.direct, dev) == ()
    assert run(world, dev, ORDER).status is LaunchStatus.AVAILABLE


def test_an_order_that_is_fulfilled_changes_nothing(published: World, dev: Place) -> None:
    first = run(published, dev, ORDER)
    accounts = published.accounts()

    prepared = prepare(accounts, dev, ORDER)
    again = launch(accounts, prepared, POLL)

    assert prepared.course is Course.NOTHING
    assert again == first
    assert accounts.calls["servicecatalog:UpdateProvisionedProduct"] == 0


def test_a_survey_asks_once_for_all_orders(published: World, dev: Place) -> None:
    names = ["one", "two", "three"]
    orders = [replace(ORDER, name=name) for name in names]
    first = [run(published, dev, order) for order in orders]
    accounts = published.accounts()

    survey = Survey(accounts, dev)
    survey.look()
    found = [prepare(accounts, dev, order, survey) for order in orders]

    assert [prepared.course for prepared in found] == [Course.NOTHING] * 3
    asked = {name.split(":")[1]: count for name, count in accounts.calls.items()}
    assert asked == {
        "SearchProducts": 1,
        "SearchProvisionedProducts": 1,
        "DescribeProduct": 1,
        "DescribeProvisioningParameters": 1,
        "DescribeStacks": 3,
    }
    assert [launch(accounts, prepared, POLL) for prepared in found] == first


def test_a_survey_leaves_to_a_closer_look_what_is_to_be_done(published: World, dev: Place) -> None:
    run(published, dev, ORDER)
    accounts = published.accounts()
    survey = Survey(accounts, dev)
    survey.look()
    # Somebody else changed it meanwhile.
    run(published, dev, replace(ORDER, parameters=(("Owner", "me"), ("Size", "large"))))

    changed = prepare(accounts, dev, replace(ORDER, parameters=(("Owner", "you"), ("Size", "large"))), survey)
    fresh = prepare(accounts, dev, replace(ORDER, name="other"), survey)

    assert changed.changes == (Change(parameter="Owner", before="me", after="you"),)
    assert (changed.course, fresh.course) == (Course.UPDATE, Course.PROVISION)


def test_what_is_wrong_with_an_order_shows_before_it_is_prepared(unused: World, dev: Place) -> None:
    survey = Survey(unused.accounts(), dev)
    survey.look()
    assert problems_of(survey, ORDER) == []
    wrong = replace(ORDER, parameters=(("Ownr", "me"), ("Owner", "me"), ("Size", "huge")))
    assert [text.partition(":")[0] for text in problems_of(survey, wrong)] == [
        "parameter Ownr is unknown",
        "parameter Size",
    ]
    (missing,) = problems_of(survey, replace(ORDER, product=ProductName("smaple")))
    assert "product smaple is not offered in dev/us-east-1: did you mean sample?" in missing


def test_an_interrupted_launch_is_watched_again(published: World, dev: Place) -> None:
    def interrupt(_: float | Event) -> None:
        raise KeyboardInterrupt

    accounts = published.accounts()
    # The launch may have ended by the first look at it: then there are events to tell, and no pause.
    with pytest.raises(KeyboardInterrupt):
        launch(accounts, prepare(accounts, dev, ORDER), replace(POLL, sleep=interrupt, observe=interrupt))
    resumed = prepare(accounts, dev, ORDER)
    outcome = launch(accounts, resumed, POLL)

    assert resumed.course in {Course.RESUME, Course.NOTHING}
    assert outcome.status is LaunchStatus.AVAILABLE
    assert accounts.calls["servicecatalog:ProvisionProduct"] == 1


def test_the_environment_fills_parameters(unused: World) -> None:
    environment = replace(unused.dev, parameters=(("Owner", "team"), ("Unheard", "of")))
    world = replace(unused, dev=environment)

    prepared = prepare(world.accounts(), unused.dev.places[0], Order(name="mine", product=SAMPLE))

    assert prepared.changes == (
        Change(parameter="Environment", before=None, after="dev"),
        Change(parameter="Owner", before=None, after="team"),
    )


@pytest.mark.parametrize(
    ("order", "message"),
    [
        (
            replace(ORDER, product=ProductName("sampel")),
            "product sampel is not offered in dev/us-east-1: did you mean sample?",
        ),
        (replace(ORDER, version=VersionName("2.0.0")), "version 2.0.0 is not offered; there is 1.0.0"),
        (
            replace(ORDER, portfolio="Plattform"),
            "portfolio Plattform does not offer it alone; it is offered by Platform",
        ),
        (replace(ORDER, parameters=()), "parameter Owner is missing: it has no default"),
        (replace(ORDER, parameters=(("Ownr", "me"),)), "parameter Ownr is unknown: did you mean Owner?"),
        (
            replace(ORDER, parameters=(("Owner", "ME"),)),
            "parameter Owner: ME does not have the form [a-z]+. Lower-case letters.",
        ),
        (
            replace(ORDER, parameters=(("Owner", "me"), ("Size", "huge"))),
            "parameter Size: huge is not one of small, large",
        ),
    ],
    ids=lambda value: value.split(":")[0] if isinstance(value, str) else "",
)
def test_wrong_orders_are_refused_and_change_nothing(unused: World, order: Order, message: str) -> None:
    with pytest.raises(LaunchError) as refusal:
        prepare(unused.direct, unused.dev.places[0], order)

    assert message in refusal.value.message
    assert provisioned(unused.direct, unused.dev.places[0]) == ()


def test_all_problems_of_an_order_are_told_at_once(unused: World) -> None:
    with pytest.raises(LaunchError) as refusal:
        prepare(unused.direct, unused.dev.places[0], replace(ORDER, parameters=(("Size", "huge"), ("Ownr", "me"))))

    assert len(refusal.value.message.splitlines()) == 4


def test_a_violated_rule_leaves_nothing_behind(world: World, dev: Place) -> None:
    product = product_of(dev, ONE)
    portfolio = pinned(portfolio_of(world.dev, dev, product), "sample", "dev")
    world.publish(Catalog(portfolios=(portfolio,), products=(product,)), [ONE])

    with pytest.raises(LaunchError, match="Environment must be dev here"):
        run(world, dev, replace(ORDER, parameters=(("Owner", "me"), ("Environment", "prod"))))

    assert provisioned(world.direct, dev) == ()


def failing(world: World, version: str, **more: str) -> Artifact:
    """A version whose second resource cannot be made."""
    function = f"arn:aws:lambda:us-east-1:{world.dev.account}:function:none"
    second = {"Type": "Custom::Thing", "DependsOn": "Topic", "Properties": {"ServiceToken": function}}
    return make_artifact(version=version, more=f', "Second": {json.dumps(second)}', **more)


def test_a_failed_resource_is_named(world: World, dev: Place) -> None:
    broken = failing(world, "1.0.0")
    world.publish(catalog_of(world.dev, dev, broken), [broken])
    order = replace(ORDER, parameters=())

    with pytest.raises(LaunchError) as failure:
        run(world, dev, order)
    with pytest.raises(LaunchError, match="its stack is ROLLBACK_COMPLETE") as again:
        run(world, dev, order)

    assert failure.value.message.startswith("launch mine in dev/us-east-1 failed: Second (Custom::Thing): ")
    assert [item.status for item in provisioned(world.direct, dev)] == [LaunchStatus.ERROR]
    assert again.value.hint == "factory terminate mine -e dev"
    terminate(world.direct, dev, "mine", POLL)


def test_a_failed_update_leaves_the_launch_usable(published: World, dev: Place) -> None:
    broken = failing(published, "1.1.0", parameters=PARAMETERS)
    run(published, dev, ORDER)
    both = product_of(dev, ONE, broken)
    published.publish(Catalog(portfolios=(portfolio_of(published.dev, dev, both),), products=(both,)), [broken])

    with pytest.raises(LaunchError, match="failed: Second"):
        run(published, dev, ORDER)
    (left,) = provisioned(published.direct, dev)
    outcome = run(published, dev, replace(ORDER, version=VersionName("1.0.0")))

    assert (left.status, left.version) == (LaunchStatus.TAINTED, "1.0.0")
    assert outcome.status is LaunchStatus.AVAILABLE


def test_deprecated_versions_allow_updates_only(world: World, dev: Place) -> None:
    product = product_of(dev, ONE, TWO)
    portfolio = portfolio_of(world.dev, dev, product)
    world.publish(Catalog(portfolios=(portfolio,), products=(product,)), [ONE, TWO])
    old = replace(ORDER, version=VersionName("1.0.0"))
    run(world, dev, old)
    deprecated = replace(product.versions[0], guidance=Guidance.DEPRECATED)
    product = replace(product, versions=(deprecated, product.versions[1]))
    world.publish(Catalog(portfolios=(portfolio,), products=(product,)))

    update = prepare(world.direct, dev, replace(old, parameters=(("Size", "large"),)))

    assert (update.course, update.version) == (Course.UPDATE, "1.0.0")
    with pytest.raises(LaunchError, match=r"version 1\.0\.0 is deprecated") as refusal:
        prepare(world.direct, dev, replace(old, name="other"))
    assert refusal.value.hint == "launch version 1.1.0"
    assert prepare(world.direct, dev, replace(ORDER, name="other")).version == "1.1.0"


def test_a_missing_contract_value_names_its_product(world: World, dev: Place) -> None:
    key = "/platform/main/network/vpc-id"
    parameter = f'"Vpc": {{"Type": "AWS::SSM::Parameter::Value<String>", "Default": "{key}"}}'
    needy = make_artifact(parameters=f'"Parameters": {{{parameter}}},')
    world.publish(catalog_of(world.dev, dev, needy), [needy])
    order = replace(ORDER, parameters=())

    with pytest.raises(
        LaunchError, match=f"there is no SSM parameter {key}, which product network provides"
    ) as refusal:
        prepare(world.direct, dev, order)
    world.direct.in_place("ssm", dev).put_parameter(Name=key, Value="vpc-1", Type="String")
    outcome = run(world, dev, order)

    assert refusal.value.hint == "factory launch network -e dev"
    assert outcome.status is LaunchStatus.AVAILABLE


def test_a_name_belongs_to_one_product(world: World, dev: Place) -> None:
    other = make_artifact("other")
    world.publish(catalog_of(world.dev, dev, ONE, other), [ONE, other])
    run(world, dev, ORDER)

    with pytest.raises(LaunchError, match="the name belongs to a launch of sample"):
        prepare(world.direct, dev, Order(name="mine", product=ProductName("other")))


def test_what_is_not_launched_cannot_be_terminated(published: World, dev: Place) -> None:
    run(published, dev, ORDER)

    with pytest.raises(LaunchError, match="nothing is launched as mime in dev/us-east-1: did you mean mine"):
        terminate(published.direct, dev, "mime", POLL)
