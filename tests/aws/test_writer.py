"""How a plan is carried out: in order, up to the first failure, and on from there; with faults of AWS injected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import Stubber

from factory.aws.artifacts import ArtifactStore
from factory.aws.ids import Ids
from factory.aws.reader import read
from factory.aws.session import Accounts
from factory.aws.writer import Report, Stage, apply
from factory.catalog.model import Catalog, Place, PortfolioName, ProductName, Share, ShareTarget
from factory.errors import CatalogError
from factory.planning.actions import Action, AddShare, AddVersion, RemovePrincipal
from factory.planning.plan import Plan, plan
from tests.aws.conftest import HOME, PATIENCE, World, make_role
from tests.aws.samples import PATTERN, catalog_of, make_artifact, merged

ONE = make_artifact()
OTHER = make_artifact("other")
UNHURRIED = replace(PATIENCE, sleep=lambda _: None)


def carry_out(world: World, accounts: Accounts, ids: Ids, *actions: Action) -> Report:
    return apply(Plan(actions=actions), accounts, ids, world.store(), [], patience=UNHURRIED)


@contextmanager
def stubbed(client: Any) -> Iterator[Stubber]:
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def test_actions_of_a_place_go_in_order(world: World, dev: Place) -> None:
    seen: list[tuple[Action, Stage]] = []
    accounts = world.accounts()
    observed, ids = read(accounts, world.places)
    work = plan(merged(catalog_of(world.dev, dev, ONE), catalog_of(world.prod, world.prod.places[0], ONE)), observed)

    report = apply(work, accounts, ids, world.store(), [ONE], lambda *step: seen.append(step), PATIENCE)

    assert report == Report(done=work.actions)
    for place in work.places():
        steps = [(action, stage) for action, stage in seen if action.place == place]
        expected = [action for action in work.actions if action.place == place]
        assert steps == [(action, stage) for action in expected for stage in (Stage.STARTED, Stage.DONE)]


def test_templates_are_put_once_for_all_environments(world: World, dev: Place) -> None:
    accounts = world.accounts()
    observed, ids = read(accounts, world.places)
    work = plan(merged(catalog_of(world.dev, dev, ONE), catalog_of(world.prod, world.prod.places[0], ONE)), observed)

    apply(work, accounts, ids, ArtifactStore(accounts, (HOME,)), [ONE], patience=PATIENCE)

    assert accounts.calls["s3:PutObject"] == 1


def test_the_first_failure_ends_the_work_and_the_next_run_goes_on(world: World, dev: Place) -> None:
    desired = catalog_of(world.dev, dev, ONE, OTHER)
    iam = world.direct.in_hub("iam", HOME)
    for name in iam.list_role_policies(RoleName="factory-launch")["PolicyNames"]:
        iam.delete_role_policy(RoleName="factory-launch", PolicyName=name)
    iam.delete_role(RoleName="factory-launch")

    failed = world.publish(desired, [ONE, OTHER])
    make_role(iam, "factory-launch")
    continued = world.publish(desired, [ONE, OTHER])

    (failure,) = failed.failures
    assert failure.action.subject == "constraint LAUNCH on other in platform"
    assert isinstance(failure.error, CatalogError)
    assert "factory bootstrap" in str(failure.error.hint)
    assert continued.complete
    assert [action.subject for action in continued.done] == [
        action.subject for action in (failure.action, *failed.not_done)
    ]
    assert world.read() == desired


def test_an_interrupt_ends_the_work_and_the_next_run_goes_on(world: World, dev: Place) -> None:
    desired = catalog_of(world.dev, dev, ONE)
    accounts = world.accounts()
    observed, ids = read(accounts, [dev])

    def interrupt(action: Action, stage: Stage) -> None:
        if isinstance(action, AddShare) and stage is Stage.DONE:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(plan(desired, observed), accounts, ids, world.store(), [ONE], interrupt, PATIENCE)

    assert world.publish(desired).complete
    assert world.read() == desired


def test_a_run_that_cannot_see_yet_what_another_made_makes_it_once(world: World, dev: Place) -> None:
    desired = catalog_of(world.dev, dev, ONE)
    accounts = world.accounts()
    observed, _ = read(accounts, [dev])
    work = replace(plan(desired, observed), actions=plan(desired, observed).actions[:2])

    first = apply(work, accounts, Ids(), world.store(), [ONE], patience=PATIENCE)
    second = apply(work, accounts, Ids(), world.store(), [ONE], patience=PATIENCE)

    assert first == second == Report(done=work.actions)
    found = world.read()
    assert Counter(item.name for item in (*found.portfolios, *found.products)) == {"platform": 1, "sample": 1}


def test_a_template_that_service_catalog_does_not_take_leaves_no_version(world: World, dev: Place) -> None:
    world.publish(catalog_of(world.dev, dev, ONE), [ONE])
    accounts = world.accounts()
    _, ids = read(accounts, [dev])
    better = make_artifact(version="1.1.0")
    action = AddVersion(
        place=dev,
        product=ProductName("sample"),
        version=replace(catalog_of(world.dev, dev, better).products[0].versions[0]),
    )
    detail = {"ProvisioningArtifactDetail": {"Id": "pa-1"}}
    with stubbed(accounts.in_hub("servicecatalog", HOME)) as stub:
        stub.add_response("create_provisioning_artifact", detail)
        stub.add_response("describe_provisioning_artifact", {"Status": "CREATING"})
        stub.add_response("describe_provisioning_artifact", {"Status": "FAILED"})
        stub.add_response("delete_provisioning_artifact", {})
        report = apply(Plan(actions=(action,)), accounts, ids, world.store(), [better], patience=UNHURRIED)

    assert report.failures[0].error.hint == "factory lint sample"


def test_share_actions_wait_for_each_other_and_report_what_failed(world: World, dev: Place) -> None:
    accounts, ids = world.accounts(), Ids()
    ids.portfolios[dev, PortfolioName("platform")] = "port-1"
    share = Share(target=ShareTarget.ORGANIZATION, id="o-abcdefghij", share_principals=True)
    action = AddShare(place=dev, portfolio=PortfolioName("platform"), share=share)
    asked = {
        "PortfolioId": "port-1",
        "OrganizationNode": {"Type": "ORGANIZATION", "Value": "o-abcdefghij"},
        "ShareTagOptions": True,
        "SharePrincipals": True,
    }
    errors = [{"Accounts": ["222222222222"], "Error": "Throttling", "Message": "too many at once"}]
    with stubbed(accounts.in_hub("servicecatalog", HOME)) as stub:
        stub.add_client_error("create_portfolio_share", "InvalidStateException")
        stub.add_response("create_portfolio_share", {"PortfolioShareToken": "share-1"}, asked)
        stub.add_response("describe_portfolio_share_status", {"Status": "IN_PROGRESS"})
        stub.add_response(
            "describe_portfolio_share_status",
            {"Status": "COMPLETED_WITH_ERRORS", "ShareDetails": {"ShareErrors": errors}},
        )
        report = carry_out(world, accounts, ids, action)

    (failure,) = report.failures
    assert "222222222222: Throttling: too many at once" in failure.error.message


def shared_in(world: World, organization: str, *targets: tuple[Place, ShareTarget, str]) -> tuple[Ids, list[Action]]:
    """A portfolio at each place, and the actions that share each with a node."""
    ids, actions = Ids(), []
    for place, target, node in targets:
        catalog = world.direct.in_hub("servicecatalog", place.region)
        made = catalog.create_portfolio(DisplayName=str(place), ProviderName="Tests")["PortfolioDetail"]["Id"]
        ids.portfolios[place, PortfolioName("platform")] = made
        share = Share(target=target, id=node or organization)
        actions.append(AddShare(place=place, portfolio=PortfolioName("platform"), share=share))
    return ids, actions


def test_places_share_one_after_the_other(world: World) -> None:
    """Service Catalog takes one share action at a time of an account; nobody has to be refused for that."""
    organization = world.direct.in_hub("organizations", HOME).create_organization()["Organization"]["Id"]
    world.direct.in_hub("servicecatalog", HOME).enable_aws_organizations_access()
    nodes = [(place, ShareTarget.ORGANIZATION, "") for place in world.places]
    ids, actions = shared_in(world, organization, *nodes)
    accounts = world.accounts()

    assert apply(Plan(actions=tuple(actions)), accounts, ids, world.store(), [], patience=PATIENCE).complete

    assert accounts.calls["servicecatalog:CreatePortfolioShare"] == len(world.places) == 3


@pytest.mark.parametrize(
    ("state", "node", "hint"),
    [
        ("no organization", "", "make the hub a delegated administrator: aws organizations register-delegated-"),
        ("no trusted access", "", "in the management account: aws servicecatalog enable-aws-organizations-access"),
        ("ready", "o-zzzzzzzzzz", "make sure that o-zzzzzzzzzz under share in the portfolio's manifest is an id of"),
    ],
)
def test_a_refused_organization_share_says_what_to_do(
    world: World, dev: Place, state: str, node: str, hint: str
) -> None:
    organization = "o-a1b2c3d4e5"
    if state != "no organization":
        organization = world.direct.in_hub("organizations", HOME).create_organization()["Organization"]["Id"]
    if state == "ready":
        world.direct.in_hub("servicecatalog", HOME).enable_aws_organizations_access()
    ids, (action,) = shared_in(world, organization, (dev, ShareTarget.ORGANIZATION, node))

    (failure,) = carry_out(world, world.accounts(), ids, action).failures

    assert "AWS refused CreatePortfolioShare" in failure.error.message
    assert hint in str(failure.error.hint)


def test_the_accounts_that_a_share_did_not_reach_are_named(world: World, dev: Place) -> None:
    organizations = world.direct.in_hub("organizations", HOME)
    organization = organizations.create_organization()["Organization"]["Id"]
    world.direct.in_hub("servicecatalog", HOME).enable_aws_organizations_access()
    made = organizations.create_account(Email="member@example.com", AccountName="member")
    member = made["CreateAccountStatus"]["AccountId"]
    organizations.close_account(AccountId=member)
    ids, (action,) = shared_in(world, organization, (dev, ShareTarget.ORGANIZATION, ""))

    (failure,) = apply(Plan(actions=(action,)), world.accounts(), ids, world.store(), [], patience=PATIENCE).failures

    assert f"it ended as COMPLETED_WITH_ERRORS: {member}: AccountClosed" in failure.error.message
    assert "delete the share" in str(failure.error.hint)


def test_what_is_gone_already_counts_as_removed(world: World, dev: Place) -> None:
    world.publish(catalog_of(world.dev, dev, ONE), [ONE])
    accounts = world.accounts()
    _, ids = read(accounts, [dev])
    action = RemovePrincipal(place=dev, portfolio=PortfolioName("platform"), principal=PATTERN, in_hub=False)

    assert carry_out(world, accounts, ids, action).complete
    assert carry_out(world, accounts, ids, action).complete


def test_an_answer_that_names_something_gone_is_not_believed(world: World, dev: Place) -> None:
    """Service Catalog may remember a token for longer than what was made under it exists."""
    desired = Catalog(portfolios=(catalog_of(world.dev, dev).portfolios[0],))
    desired = replace(desired, portfolios=(replace(desired.portfolios[0], tag_options=frozenset()),))
    accounts = world.accounts()
    work = plan(desired, Catalog())
    create = replace(work, actions=work.actions[:1])
    answer = {"PortfolioDetail": {"Id": "port-gone"}}, {"PortfolioDetail": {"Id": "port-new"}}
    ids = Ids()
    with stubbed(accounts.in_hub("servicecatalog", HOME)) as stub:
        stub.add_response("create_portfolio", answer[0])
        for _ in range(UNHURRIED.refusals):
            stub.add_client_error("describe_portfolio", "ResourceNotFoundException")
        stub.add_response("create_portfolio", answer[1])
        stub.add_response("describe_portfolio", answer[1])
        report = apply(create, accounts, ids, world.store(), [], patience=UNHURRIED)

    assert report.complete
    assert ids.portfolios[dev, PortfolioName("platform")] == "port-new"
