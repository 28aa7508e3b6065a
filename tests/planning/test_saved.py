"""A saved plan: what its file says, when it still holds, and which files are none."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from factory.catalog.model import Catalog
from factory.errors import PlanError
from factory.planning.plan import plan
from factory.planning.render import to_json
from factory.planning.saved import Basis, SavedPlan, digest, read_saved
from tests.sample_catalog import PRODUCT, V1

from .test_plan import FULL, V2, catalog, portfolio, product

TODAY = date(2027, 1, 10)
BASIS = Basis(
    factory="1.0.0",
    sandbox=False,
    day=TODAY,
    hub="111111111111",
    environments={"dev": "222222222222"},
    prune=False,
)
BEFORE, AFTER = catalog(FULL, PRODUCT), catalog(FULL, product(V1, V2))


def save(desired: Catalog = AFTER, observed: Catalog = BEFORE, basis: Basis = BASIS) -> SavedPlan:
    return SavedPlan.of(plan(desired, observed), basis, desired, observed)


def read(text: str, *, factory: str = "1.0.0", sandbox: bool = False, today: date = TODAY) -> SavedPlan:
    return read_saved(text, factory=factory, sandbox=sandbox, today=today)


def test_the_file_holds_the_plan_and_digests_and_reads_as_it_was_written() -> None:
    text = save().text()
    document = json.loads(text)
    assert {key: document[key] for key in ("changes", "kept")} == to_json(plan(AFTER, BEFORE))
    assert document["desired"].keys() == document["observed"].keys() == {"dev/us-east-1"}
    assert read(text) == save()
    assert read(text, today=TODAY + timedelta(days=9)) == save()
    assert save().text() == text


def test_a_plan_holds_while_nothing_moves() -> None:
    read(save().text()).refuse_unless_same(save())


@pytest.mark.parametrize(
    ("now", "moved"),
    [
        (save(desired=catalog(FULL, product(V2))), "products or manifests ask for something else in dev/us-east-1"),
        (save(observed=catalog(portfolio(), PRODUCT)), "the catalog was changed in dev/us-east-1"),
        (
            save(desired=catalog(), observed=catalog()),
            "products or manifests ask for something else in dev/us-east-1; the catalog was changed in dev/us-east-1",
        ),
        (
            save(basis=replace(BASIS, hub="999999999999")),
            "the hub was account 111111111111 and is account 999999999999",
        ),
        (
            save(basis=replace(BASIS, environments={"dev": "333333333333", "qa": "444444444444"})),
            "dev was account 222222222222 and is account 333333333333; "
            "qa was no environment of the plan and is account 444444444444",
        ),
        (replace(save(), changes=[]), "the same catalog and manifests need other changes, such as where a retiring "),
    ],
)
def test_it_no_longer_holds_when_something_moved(now: SavedPlan, moved: str) -> None:
    with pytest.raises(PlanError) as refusal:
        read(save().text()).refuse_unless_same(now)
    assert refusal.value.message.startswith(f"the plan no longer holds: {moved}")


def test_a_digest_tells_all_that_matters_apart_and_not_the_order_of_sets() -> None:
    renamed = replace(PRODUCT, owner="Others")
    found = [BEFORE, AFTER, catalog(portfolio(), PRODUCT), catalog(FULL, renamed), catalog(FULL), catalog(PRODUCT)]
    assert len({digest(item) for item in found}) == len(found)
    assert digest(frozenset("abcdef")) == digest(frozenset("fedcba"))


def edited(change: Callable[[dict[str, Any]], object], *, sealed: bool) -> str:
    document = json.loads(save().text())
    checksum = document.pop("checksum")
    change(document)
    return json.dumps({**document, "checksum": digest(document) if sealed else checksum})


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.update(prune=True),
        lambda it: it.update(day="2027-01-09"),
        lambda it: it["changes"].clear(),
        lambda it: it["observed"].update({"dev/us-east-1": "0" * 64}),
        lambda it: it.pop("kept"),
        lambda it: it.update(note=""),
    ],
)
def test_an_edited_file_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    with pytest.raises(PlanError, match="it was changed after it was saved"):
        read(edited(change, sealed=False))
    assert read(edited(lambda _: None, sealed=False)) == save()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        (lambda it: it.update(prune=1, kept="none"), "prune, kept"),
        (lambda it: it.update(day="today"), "day"),
        (lambda it: it.update(environments={"dev": 2}), "environments"),
        (lambda it: it.update(note=""), "note"),
        (lambda it: it.pop("changes"), "changes"),
    ],
)
def test_a_file_of_another_shape_is_refused_even_with_a_right_checksum(
    change: Callable[[dict[str, Any]], object], wrong: str
) -> None:
    with pytest.raises(PlanError, match=f"it is no saved plan: wrong are {wrong}$"):
        read(edited(change, sealed=True))


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '{"changes": [], "kept": []}', "[" * 100_000])
def test_what_is_no_plan_at_all_is_refused(text: str) -> None:
    with pytest.raises(PlanError, match="it is no saved plan"):
        read(text)


def test_a_plan_is_for_the_factory_the_accounts_and_the_time_that_it_was_made_for() -> None:
    text = save().text()
    with pytest.raises(
        PlanError, match=r"saved by product-factory 1\.0\.0 in version 1 of the format; this is 1\.1\.0"
    ):
        read(text, factory="1.1.0")
    with pytest.raises(PlanError, match="made for real accounts, not for the sandbox"):
        read(text, sandbox=True)
    with pytest.raises(PlanError, match="made for 2027-01-10, which is still to come"):
        read(text, today=date(2027, 1, 9))
