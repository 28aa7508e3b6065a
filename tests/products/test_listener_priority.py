"""The function that hands out listener priorities, with stand-ins for the services that it calls."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2] / "products"
LISTENER = "arn:aws:elasticloadbalancing:us-east-1:111111111111:listener/app/main/50dc6c495c0c9188/f2f7dc8efc522ab2"
PREFIX = "/platform/main/cluster/priorities"


class TakenError(Exception):
    pass


class MissingError(Exception):
    pass


class Ssm:
    """SSM parameters in a dict; making one is atomic, as in SSM."""

    class exceptions:  # noqa: N801 - boto3's name
        ParameterAlreadyExists = TakenError
        ParameterNotFound = MissingError

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self._lock = threading.Lock()

    def put_parameter(self, *, Name: str, Value: str, Overwrite: bool, **_: Any) -> None:  # noqa: N803
        with self._lock:
            if not Overwrite and Name in self.values:
                raise TakenError(Name)
            self.values[Name] = Value

    def get_parameter(self, *, Name: str) -> dict[str, Any]:  # noqa: N803
        if Name not in self.values:
            raise MissingError(Name)
        return {"Parameter": {"Value": self.values[Name]}}

    def delete_parameter(self, *, Name: str) -> None:  # noqa: N803
        if self.values.pop(Name, None) is None:
            raise MissingError(Name)


class Elb:
    """A listener whose rules have these priorities."""

    def __init__(self) -> None:
        self.priorities: list[str] = []
        self.rules: list[dict[str, Any]] = []

    def get_paginator(self, operation: str) -> Elb:
        assert operation == "describe_rules"
        return self

    def paginate(self, *, ListenerArn: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert ListenerArn == LISTENER
        # One rule a page: whoever reads only the first page misses the others.
        for priority in ["default", *self.priorities]:
            yield {"Rules": [{"Priority": priority}]}
        yield {"Rules": self.rules}


class Account:
    """The function in an account, and the answers that CloudFormation got from it."""

    def __init__(self, module: ModuleType, ssm: Ssm, elb: Elb, answers: list[dict[str, Any]]) -> None:
        self.module = module
        self.ssm = ssm
        self.elb = elb
        self.answers = answers

    def ask(self, kind: str, service: str = "orders", **more: Any) -> dict[str, Any]:
        request = {
            "RequestType": kind,
            "ResponseURL": "https://cloudformation.example/answer",
            "StackId": f"arn:aws:cloudformation:us-east-1:111111111111:stack/{service}/1",
            "RequestId": f"{service}-{kind}",
            "LogicalResourceId": "ListenerPriority",
            "ResourceProperties": rule("/orders/*"),
            **more,
        }
        self.module.handler(request, None)
        return next(answer for answer in reversed(self.answers) if answer["RequestId"] == request["RequestId"])

    def create(self, service: str, *paths: str, hosts: tuple[str, ...] = ()) -> int:
        answer = self.ask("Create", service, ResourceProperties=rule(*paths, hosts=hosts))
        assert answer["Status"] == "SUCCESS", answer
        return int(answer["Data"]["Priority"])


def rule(*paths: str, hosts: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"ListenerArn": LISTENER, "Paths": list(paths), "Hosts": list(hosts)}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.syspath_prepend(str(ROOT / "parts" / "runtime"))
    monkeypatch.setenv("LOCK_PREFIX", PREFIX)
    path = ROOT / "cluster" / "functions" / "listener_priority" / "index.py"
    spec = importlib.util.spec_from_file_location("listener_priority", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    ssm, elb, answers = Ssm(), Elb(), []
    monkeypatch.setattr(module.boto3, "client", lambda name, **_: {"ssm": ssm, "elbv2": elb}[name])
    monkeypatch.setattr(
        sys.modules["custom_resource"],
        "send",
        lambda request, outcome: answers.append({"RequestId": request["RequestId"], **outcome}),
    )
    return Account(module, ssm, elb, answers)


def test_the_same_request_twice_takes_one_priority(account: Account) -> None:
    assert account.create("orders", "/orders/*") == account.create("orders", "/orders/*")
    assert len(account.ssm.values) == 1


def test_services_with_equal_patterns_get_different_priorities(account: Account) -> None:
    taken = [account.create(f"service-{number}", f"/{number:03}/*") for number in range(150)]
    assert len(set(taken)) == len(taken)
    assert all(1 <= priority <= 50_000 for priority in taken)


def test_launches_at_the_same_time_get_different_priorities(account: Account) -> None:
    with ThreadPoolExecutor(20) as pool:
        taken = list(pool.map(lambda number: account.create(f"service-{number}", "/*"), range(60)))
    assert len(set(taken)) == len(taken)


def test_a_rule_made_by_hand_keeps_its_priority(account: Account) -> None:
    first = account.create("orders", "/orders/*")
    account.ask("Delete", PhysicalResourceId=f"f2f7dc8efc522ab2/{first}")
    account.elb.priorities = ["7", str(first)]
    assert account.create("orders", "/orders/*") != first


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (rule("/orders/items/*"), rule("/orders/*")),
        (rule("/orders"), rule("/orders*")),
        (rule("/orders/*"), rule("/*")),
        (rule("/*", hosts=("api.example.com",)), rule("/orders/*")),
        (rule("/*", hosts=("api.example.com",)), rule("/*", hosts=("*.example.com",))),
        (rule("/orders/*", "/invoices/*"), rule("/orders/*", "/*")),
    ],
)
def test_the_more_specific_rule_comes_first(account: Account, before: dict[str, Any], after: dict[str, Any]) -> None:
    def create(service: str, properties: dict[str, Any]) -> int:
        return account.create(service, *properties["Paths"], hosts=tuple(properties["Hosts"]))

    assert create("later", after) > create("earlier", before)


def test_a_priority_survives_updates_that_leave_the_rule_where_it_is(account: Account) -> None:
    priority = account.create("orders", "/orders/*")
    kept = f"f2f7dc8efc522ab2/{priority}"
    answer = account.ask(
        "Update",
        PhysicalResourceId=kept,
        ResourceProperties=rule("/orderz/*"),
        OldResourceProperties=rule("/orders/*"),
    )
    assert (answer["PhysicalResourceId"], answer["Data"]) == (kept, {"Priority": str(priority)})


def test_a_new_path_moves_the_rule_and_a_rollback_brings_it_back(account: Account) -> None:
    old = account.create("orders", "/orders/*")
    moved = account.ask(
        "Update",
        PhysicalResourceId=f"f2f7dc8efc522ab2/{old}",
        ResourceProperties=rule("/*"),
        OldResourceProperties=rule("/orders/*"),
    )
    assert int(moved["Data"]["Priority"]) > old
    back = account.ask(
        "Update",
        PhysicalResourceId=moved["PhysicalResourceId"],
        ResourceProperties=rule("/orders/*"),
        OldResourceProperties=rule("/*"),
    )
    assert int(back["Data"]["Priority"]) == old


GROUPS = ["arn:blue", "arn:green"]
BLUE = {"FirstWeight": "100", "SecondWeight": "0", "Serving": "arn:blue"}

GREEN = {"FirstWeight": "0", "SecondWeight": "100", "Serving": "arn:green"}


def forward(blue: int, green: int) -> dict[str, Any]:
    groups = [{"TargetGroupArn": group, "Weight": weight} for group, weight in zip(GROUPS, (blue, green), strict=True)]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}


def test_requests_go_to_the_first_group_at_first(account: Account) -> None:
    answer = account.ask("Create", ResourceProperties={**rule("/orders/*"), "TargetGroups": GROUPS})
    assert {key: value for key, value in answer["Data"].items() if key != "Priority"} == BLUE


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (forward(100, 0), BLUE),
        (forward(0, 100), GREEN),
        (forward(90, 10), {"FirstWeight": "90", "SecondWeight": "10", "Serving": "arn:blue"}),
        (
            {"Type": "forward", "TargetGroupArn": "arn:green"},
            {"FirstWeight": "0", "SecondWeight": "100", "Serving": "arn:green"},
        ),
        ({"Type": "forward", "TargetGroupArn": "arn:another"}, BLUE),
        ({"Type": "fixed-response"}, BLUE),
    ],
)
@pytest.mark.parametrize("path", ["/orders/*", "/*"])
def test_an_update_leaves_requests_where_a_deployment_moved_them(
    account: Account, action: dict[str, Any], expected: dict[str, str], path: str
) -> None:
    """Whether the rule stays where it is or moves to another priority."""
    old = {**rule("/orders/*"), "TargetGroups": GROUPS}
    made = account.ask("Create", ResourceProperties=old)
    account.elb.rules = [
        {"Priority": "1", "Actions": [forward(1, 99)]},
        {"Priority": made["Data"]["Priority"], "Actions": [action]},
    ]
    answer = account.ask(
        "Update",
        PhysicalResourceId=made["PhysicalResourceId"],
        ResourceProperties={**rule(path), "TargetGroups": GROUPS, "RuleTags": {"ProductVersion": "2.1.0"}},
        OldResourceProperties=old,
    )
    assert {key: value for key, value in answer["Data"].items() if key != "Priority"} == expected
    assert (answer["Data"]["Priority"] == made["Data"]["Priority"]) is (path == "/orders/*")


def test_deletion_gives_the_priority_back(account: Account) -> None:
    priority = account.create("orders", "/orders/*")
    gone = {"PhysicalResourceId": f"f2f7dc8efc522ab2/{priority}"}
    assert account.ask("Delete", **gone)["Status"] == "SUCCESS"
    assert account.ssm.values == {}
    assert account.ask("Delete", **gone)["Status"] == "SUCCESS"


def test_nobody_gives_back_what_is_somebody_elses(account: Account) -> None:
    priority = account.create("orders", "/orders/*")
    answer = account.ask("Delete", "invoices", PhysicalResourceId=f"f2f7dc8efc522ab2/{priority}")
    assert answer["Status"] == "SUCCESS"
    assert list(account.ssm.values) == [f"{PREFIX}/f2f7dc8efc522ab2/{priority}"]


@pytest.mark.parametrize("broken", ["put_parameter", "get_parameter"])
def test_a_failure_is_answered_and_leaves_nothing(
    account: Account, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(**_: Any) -> None:
        raise ConnectionError("no route")

    monkeypatch.setattr(account.ssm, broken, fail)
    # A used priority makes the function ask whose it is, and so meet either failure.
    account.elb.priorities = [str(number) for number in range(1, 50_001)] if broken == "get_parameter" else []
    answer = account.ask("Create")
    assert answer["Status"] == "FAILED"
    assert "no route" in answer["Reason"]
    assert account.ssm.values == {}
    gone = account.ask("Delete", PhysicalResourceId=answer["PhysicalResourceId"])
    assert gone["Status"] == "SUCCESS"


def test_it_says_so_before_its_time_is_over(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    clock: Iterator[float] = iter(range(0, 1_000_000, 30))
    monkeypatch.setattr(account.module.time, "monotonic", lambda: float(next(clock)))
    account.elb.priorities = [str(number) for number in range(1, 50_001)]
    answer = account.ask("Create")
    assert answer["Status"] == "FAILED"
    assert answer["Reason"].startswith("TimeoutError")


def test_every_priority_is_tried_once(account: Account) -> None:
    order: Callable[[int, str], Iterator[int]] = account.module.candidates
    highest = account.module.rank(rule("*"))
    for rank in (0, 300, highest):
        tried = list(order(rank, "owner"))
        assert sorted(tried) == list(range(1, 50_001))
