"""Versions that the manifests no longer name: which stay, which end, and what is said about each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from factory.catalog.model import AccountId, Catalog, Digest, Guidance, Version, VersionName
from factory.catalog.retirement import Retirement
from factory.errors import PlanError
from factory.planning.actions import Action, AddVersion, DeleteVersion, UpdateVersion
from factory.planning.plan import Plan, plan
from factory.planning.retirement import Retiring, Use
from tests.sample_catalog import ACCOUNT, DEV, NETWORK, ORGANIZATION

from .test_plan import FULL, catalog, portfolio, product

TODAY = date(2027, 1, 10)
BEFORE = date(2027, 1, 1)
MONTH = Retirement(keep=2, inactive_after=timedelta(days=30))
WEEK = Retirement(keep=2, inactive_after=timedelta(days=7))
FOR_EVER = Retirement(keep=2)
ORDERS = Use(owner="dev", region="us-east-1", name="orders")
STATE = "dev/us-east-1: network"


def version(name: str) -> Version:
    return Version(name=VersionName(name), digest=Digest(name))


def deprecated(found: Version, since: date | None = TODAY) -> Version:
    return replace(found, guidance=Guidance.DEPRECATED, deprecated_since=since)


def off(found: Version) -> Version:
    return replace(found, active=False)


A, B, C, D = (version(f"1.{minor}.0") for minor in (0, 1, 2, 10))


def planned(
    found: tuple[Version, ...],
    wanted: tuple[Version, ...] = (D,),
    rule: Retirement = MONTH,
    *,
    used: tuple[Version, ...] = (),
    prune: bool = False,
) -> Plan:
    uses = {(DEV, NETWORK, item.name): (ORDERS,) for item in used}
    retiring = Retiring(today=TODAY, rules={(DEV, NETWORK): rule}, uses=uses)
    return plan(catalog(product(*wanted)), catalog(product(*found)), prune=prune, retiring=retiring)


def update(before: Version, after: Version, why: str) -> Action:
    return UpdateVersion(place=DEV, product=NETWORK, before=before, after=after, why=why)


def delete(found: Version, why: str) -> Action:
    return DeleteVersion(place=DEV, product=NETWORK, version=found.name, why=why)


OLDER = "older than the newest 2 versions"


def test_a_new_version_pushes_the_oldest_out_of_the_newest() -> None:
    assert planned((A, B, C)) == Plan(
        actions=(
            AddVersion(place=DEV, product=NETWORK, version=D),
            update(A, deprecated(A), f"{OLDER}, inactive after 2027-02-09"),
            update(B, deprecated(B), f"{OLDER}, inactive after 2027-02-09"),
        ),
        kept=(f"{STATE} 1.2.0 stays active: among the newest 2 versions",),
    )


def test_it_is_deprecated_as_long_as_it_was_told_and_then_inactive() -> None:
    old = deprecated(A, BEFORE)
    waiting = f"{STATE} 1.0.0 stays deprecated: {OLDER}, inactive after 2027-01-31"
    assert planned((old, C, D)).actions == ()
    assert planned((old, C, D)).kept[0] == waiting
    ended = update(old, off(old), f"{OLDER}, inactive after 2027-01-08; used by nobody")
    assert planned((old, C, D), rule=WEEK).actions == (ended,)


@pytest.mark.parametrize(
    ("day", "after"), [(TODAY, deprecated(A)), (TODAY - timedelta(days=1), off(A))], ids=["last day", "over"]
)
def test_a_date_is_the_last_day_on_which_it_is_deprecated(day: date, after: Version) -> None:
    (action,) = planned((A, C, D), rule=Retirement(keep=2, inactive_after=day)).actions
    assert isinstance(action, UpdateVersion)
    assert action.after == after


def test_without_an_end_it_is_deprecated_for_ever() -> None:
    assert planned((A, C, D), rule=FOR_EVER).actions == (update(A, deprecated(A), OLDER),)
    assert planned((deprecated(A, date(1999, 1, 1)), C, D), rule=FOR_EVER).actions == ()


def test_what_is_used_never_ends_and_says_who_uses_it() -> None:
    old = deprecated(A, BEFORE)
    used = f"{OLDER}, inactive after 2027-01-08; used by orders in dev/us-east-1"
    for prune in (False, True):
        result = planned((old, C, D), rule=WEEK, used=(A,), prune=prune)
        assert result.actions == ()
        assert result.kept[0] == f"{STATE} 1.0.0 stays deprecated: {used}"
    at_once = Retirement(keep=2, inactive_after=BEFORE)
    (action,) = planned((A, C, D), rule=at_once, used=(A,)).actions
    assert isinstance(action, UpdateVersion)
    assert action.after == deprecated(A)
    assert action.details[-1] == f"{OLDER}, inactive after 2027-01-01; used by orders in dev/us-east-1"


def test_many_users_are_counted() -> None:
    uses = tuple(replace(ORDERS, name=f"team-{number}") for number in range(7))
    retiring = Retiring(today=TODAY, rules={(DEV, NETWORK): WEEK}, uses={(DEV, NETWORK, A.name): uses})
    found = catalog(product(deprecated(A, BEFORE), C, D))
    (told, _) = plan(catalog(product(D)), found, retiring=retiring).kept
    assert told.endswith("team-3 in dev/us-east-1, team-4 in dev/us-east-1 and 2 more")


def test_what_was_taken_back_ends_at_once_unless_it_is_used() -> None:
    """The newest one was wrong: that it is among the newest must not keep it on offer."""
    reason = "newer than 1.2.0, the newest that is named"
    assert planned((B, C, D), (C,)).actions == (update(D, off(D), f"{reason}; used by nobody"),)
    used = f"{reason}; used by orders in dev/us-east-1"
    assert planned((B, C, D), (C,), used=(D,)).actions == (update(D, deprecated(D), used),)


def test_what_is_off_stays_off_and_takes_no_place_among_the_newest() -> None:
    result = planned((A, B, off(C), D))
    assert [action.subject for action in result.actions] == ["version network 1.0.0"]
    assert result.kept == (f"{STATE} 1.1.0 stays active: among the newest 2 versions",)


def test_what_was_deprecated_stays_so_when_more_are_kept() -> None:
    old = deprecated(B, BEFORE)
    assert planned((old, D)) == Plan(kept=(f"{STATE} 1.1.0 stays deprecated: among the newest 2 versions",))


def test_named_again_it_is_what_the_manifest_says() -> None:
    old = deprecated(A, BEFORE)
    assert planned((old, D), (A, D)).actions == (UpdateVersion(place=DEV, product=NETWORK, before=old, after=A),)
    guided = deprecated(A, None)
    (action,) = planned((old, D), (guided, D)).actions
    assert action.details == ("deprecated since: 2027-01-01 → (none)",)


def test_one_that_was_made_by_hand_is_older_than_all() -> None:
    by_hand = replace(version("pa-123"), digest=Digest(""))
    assert [action.subject for action in planned((by_hand, C, D)).actions] == ["version network pa-123"]


def test_prune_deletes_what_has_ended_and_nothing_else() -> None:
    ended, waiting = deprecated(A, date(2026, 1, 1)), deprecated(B, BEFORE)
    result = planned(
        (off(version("0.9.0")), off(version("0.9.1")), ended, waiting, C, D), used=(version("0.9.1"),), prune=True
    )
    assert result.actions == (
        delete(version("0.9.0"), "used by nobody"),
        delete(A, f"{OLDER}, inactive after 2026-01-31; used by nobody"),
    )
    assert result.kept == (
        f"{STATE} 0.9.1 stays inactive: used by orders in dev/us-east-1",
        f"{STATE} 1.1.0 stays deprecated: {OLDER}, inactive after 2027-01-31",
        f"{STATE} 1.2.0 stays active: among the newest 2 versions",
    )
    assert {name for _, _, name in result.ended()} == {"0.9.0", "1.0.0"}


def test_where_nobody_can_look_for_launches_that_is_said() -> None:
    seen = frozenset({AccountId(ACCOUNT.id)})
    retiring = Retiring(today=TODAY, rules={(DEV, NETWORK): WEEK}, accounts=seen)
    shared = portfolio(shares={ORGANIZATION, ACCOUNT, replace(ACCOUNT, id="999999999999")})
    found = catalog(shared, product(deprecated(A, BEFORE), C, D))
    (action,) = plan(catalog(shared, product(D)), found, retiring=retiring).actions
    assert action.details[-1].endswith(
        "used by nobody in the environments; other launches in 999999999999, o-a1b2c3d4e5 cannot be seen"
    )


# --- a product that is full ---------------------------------------------------------------------------------------

HUNDRED = tuple(version(f"1.{minor}.0") for minor in range(100))
NEXT = version("2.0.0")


def full(*found: Version, prune: bool, rule: Retirement | None = FOR_EVER) -> Plan:
    desired, observed = catalog(FULL, product(NEXT)), catalog(FULL, product(*found))
    rules = {(DEV, NETWORK): rule} if rule else {}
    retiring = Retiring(today=TODAY, rules=rules, accounts=frozenset({AccountId(ACCOUNT.id)}))
    return plan(desired, observed, prune=prune, retiring=retiring)


def test_a_full_product_takes_no_version_until_something_is_deleted() -> None:
    with pytest.raises(PlanError) as refusal:
        full(*HUNDRED, prune=False)
    assert refusal.value.message == ("a product has at most 100 versions: network in dev/us-east-1 would have 101")
    assert refusal.value.hint is not None
    assert refusal.value.hint.startswith("factory plan --prune, ")
    with pytest.raises(PlanError) as nothing_ends:
        full(*HUNDRED, prune=True)
    assert nothing_ends.value.hint is not None
    assert "keep fewer" in nothing_ends.value.hint


def test_room_is_made_first_by_the_oldest_that_is_off_and_the_others_go_last() -> None:
    found = [off(item) if number in (40, 50) else item for number, item in enumerate(HUNDRED)]
    actions = full(*found, prune=True).actions
    assert actions[:2] == (
        delete(HUNDRED[40], "used by nobody"),
        AddVersion(place=DEV, product=NETWORK, version=NEXT),
    )
    assert delete(HUNDRED[50], "used by nobody") in actions[2:]


def test_without_a_rule_room_is_made_as_well() -> None:
    actions = full(*HUNDRED, prune=True, rule=None).actions
    assert [type(action) for action in actions[:2]] == [DeleteVersion, AddVersion]
    assert len(actions) == 101


def test_99_versions_have_room_for_one_more() -> None:
    assert AddVersion(place=DEV, product=NETWORK, version=NEXT) in full(*HUNDRED[:99], prune=False).actions


def test_a_version_is_left_while_all_are_replaced() -> None:
    others = tuple(version(f"2.{minor}.0") for minor in range(100))
    with pytest.raises(PlanError, match="would have 200"):
        plan(catalog(product(*others)), catalog(product(*HUNDRED)), prune=True)


def test_a_full_product_that_gets_nothing_is_left_alone() -> None:
    assert plan(catalog(product(*HUNDRED)), catalog(product(*HUNDRED))) == Plan()
    assert plan(Catalog(), catalog(product(*HUNDRED))).actions == ()
