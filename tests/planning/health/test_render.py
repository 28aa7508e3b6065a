"""Findings as lines for people and as a document for machines."""

from __future__ import annotations

from dataclasses import replace

from factory.catalog.model import AccountId
from factory.planning.health import Facts, examine, known
from factory.planning.health.facts import Trusted
from factory.planning.health.render import to_json, to_lines
from tests.planning.health.healthy import DEV_ACCOUNT, HEALTHY, HUB_ACCOUNT, with_account, with_launch

CALLS = {HUB_ACCOUNT: 70, DEV_ACCOUNT: 1}
CHECKS = f"{len(known())} checks"


def sandboxed(text: str) -> str:
    return text.replace("factory bootstrap", "factory bootstrap --sandbox")


def lines(facts: Facts) -> list[str]:
    return [line.text for line in to_lines(facts, examine(facts), CALLS, sandboxed)]


def test_clean_accounts_take_a_line_each() -> None:
    assert lines(HEALTHY) == [
        f"hub  account 111111111111  clean: {CHECKS}, 70 calls",
        f"dev  account 222222222222  clean: {CHECKS}, 1 call",
    ]


def test_a_finding_says_what_where_and_what_mends_it() -> None:
    enable = "in account 999999999999: aws servicecatalog enable-aws-organizations-access"
    facts = replace(with_launch(status="TAINTED"), untrusted={Trusted.CATALOG: enable})
    assert lines(facts) == [
        f"hub  account 111111111111  1 error; {CHECKS}, 70 calls",
        "  error    organization: Service Catalog has no trusted access in it: no organization share is made or updated"
        "  [shares]",
        f"           mend: {enable}",
        f"dev  account 222222222222  1 warning; {CHECKS}, 1 call",
        "  warning  launch orders (us-east-1): its last update failed and was rolled back  [launches]",
        "           mend: factory launch queue -e dev --name orders",
    ]


def test_machines_get_the_same() -> None:
    roles = HEALTHY.accounts[1].identities
    assert roles is not None
    facts = with_account(1, identities=replace(roles, roles=roles.roles[1:]))
    document = to_json(facts, examine(facts), {AccountId(HUB_ACCOUNT): 70, DEV_ACCOUNT: 1}, sandboxed)
    assert (document["healthy"], document["calls"]) == (False, 71)
    hub, dev = document["accounts"]
    assert hub == {"name": "hub", "account": HUB_ACCOUNT, "calls": 70, "findings": []}
    (finding,) = dev["findings"]
    assert (finding["severity"], finding["subject"]) == ("error", "role factory-launch-queue")
    assert (finding["mend"], finding["at"]) == ("factory bootstrap --sandbox", "dev")
