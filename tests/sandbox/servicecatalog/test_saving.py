"""A catalog that goes on where another one stopped, at the same emulator."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from factory.sandbox.serialization import UnreadableError
from factory.sandbox.servicecatalog.core import ServiceCatalog
from factory.sandbox.servicecatalog.interruption import REASON
from factory.sandbox.servicecatalog.request import Delays

REGION = "us-east-1"
QUICK = Delays(version_seconds=0.0, constraint_seconds=0.0, share_seconds=0.0, poll_seconds=0.02)
NEVER = Delays(version_seconds=0.0, constraint_seconds=0.0, share_seconds=0.0, poll_seconds=600.0)
DEADLINE_SECONDS = 30.0


class Catalogs:
    """One catalog after the other, each with what the one before saved; the hub asks the latest."""

    def __init__(self, scene: Any) -> None:
        self._scene = scene
        self.core: ServiceCatalog = scene.core(time.time, QUICK)
        self.ask, self.offer = scene.offered_by(self.core)

    def follow(self, delays: Delays) -> None:
        """Save the latest and go on with a new one."""
        left_out: list[str] = []
        saved = json.loads(json.dumps(self.core.save(left_out.append)))
        assert left_out == []
        self.core = self._scene.core(time.time, delays)
        self.core.restore(saved)
        caller = self.core.caller(self._scene.hub, REGION)
        self.ask = lambda operation, **given: self.core.handle(operation, given, caller)

    def settle(self) -> None:
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.core.busy():
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def launched(self) -> dict[str, Any]:
        """The only launch."""
        (found,) = self.ask("SearchProvisionedProducts")["ProvisionedProducts"]
        return dict(found)

    def record(self, answer: dict[str, Any]) -> tuple[str, list[str]]:
        """Status and errors of the request that was answered."""
        found = self.ask("DescribeRecord", Id=answer["RecordDetail"]["RecordId"])["RecordDetail"]
        return found["Status"], [error["Description"] for error in found["RecordErrors"]]


@pytest.fixture
def catalogs(scene: Any) -> Catalogs:
    return Catalogs(scene)


def test_launches_and_tokens_go_on(catalogs: Catalogs) -> None:
    launch = {"ProvisionedProductName": "kept", "ProvisionToken": "once", **catalogs.offer}
    first = catalogs.ask("ProvisionProduct", **launch)
    catalogs.settle()
    before = catalogs.launched()

    catalogs.follow(QUICK)

    assert catalogs.launched() == before
    assert before["Status"] == "AVAILABLE"
    assert catalogs.ask("ProvisionProduct", **launch) == first
    larger = [{"Key": "Size", "Value": "large"}]
    update = {"ProvisionedProductName": "kept", "UpdateToken": "u", "ProvisioningParameters": larger, **catalogs.offer}
    done = catalogs.ask("UpdateProvisionedProduct", **update)
    catalogs.settle()
    assert catalogs.record(done) == ("SUCCEEDED", [])


def test_what_was_under_way_has_failed_and_can_be_ended(catalogs: Catalogs) -> None:
    catalogs.follow(NEVER)
    launch = {"ProvisionedProductName": "cut", "ProvisionToken": "once", **catalogs.offer}
    begun = catalogs.ask("ProvisionProduct", **launch)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while "PhysicalId" not in catalogs.launched():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert catalogs.core.busy()

    catalogs.follow(NEVER)

    assert not catalogs.core.busy()
    assert catalogs.record(begun) == ("FAILED", [REASON])
    assert catalogs.launched()["Status"] == "ERROR"
    update = catalogs.ask(
        "UpdateProvisionedProduct", ProvisionedProductName="cut", UpdateToken="again", **catalogs.offer
    )

    catalogs.follow(QUICK)

    assert catalogs.record(update) == ("FAILED", [REASON])
    assert (catalogs.launched()["Status"], REASON in catalogs.launched()["StatusMessage"]) == ("TAINTED", True)
    catalogs.ask("TerminateProvisionedProduct", ProvisionedProductName="cut", TerminateToken="end")
    catalogs.settle()
    assert catalogs.ask("SearchProvisionedProducts")["ProvisionedProducts"] == []


def test_a_plan_under_way_has_failed(catalogs: Catalogs) -> None:
    catalogs.follow(NEVER)
    plan = catalogs.ask(
        "CreateProvisionedProductPlan",
        PlanName="plan",
        PlanType="CLOUDFORMATION",
        ProvisionedProductName="planned",
        IdempotencyToken="once",
        **catalogs.offer,
    )
    assert catalogs.core.busy()

    catalogs.follow(QUICK)

    found = catalogs.ask("DescribeProvisionedProductPlan", PlanId=plan["PlanId"])["ProvisionedProductPlanDetails"]
    assert (found["Status"], found["StatusMessage"]) == ("CREATE_FAILED", REASON)


def test_something_else_is_no_state(scene: Any) -> None:
    with pytest.raises(UnreadableError):
        scene.core(time.time).restore({"regions": {}})
