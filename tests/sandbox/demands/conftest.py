"""One account in which the standing template is, for all cases: a refused resource leaves nothing behind."""

from __future__ import annotations

import json
import time

import pytest

from factory.sandbox.clients import Clients
from factory.sandbox.stacks.account import Account
from tests.sandbox.demands.standing import TEMPLATE

_ACCOUNT, _REGION = "610000000000", "us-east-1"
_PATIENCE_SECONDS = 120.0


@pytest.fixture(scope="session")
def account(clients: Clients) -> Account:
    """The account."""
    return Account(id=_ACCOUNT, region=_REGION, clients=clients)


@pytest.fixture(scope="session")
def standing(account: Account) -> dict[str, str]:
    """What stands in it, by the names of the template."""
    cloudformation = account.client("cloudformation")
    cloudformation.create_stack(
        StackName="standing", TemplateBody=json.dumps(TEMPLATE), Capabilities=["CAPABILITY_NAMED_IAM"]
    )
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        stack = cloudformation.describe_stacks(StackName="standing")["Stacks"][0]
        if not stack["StackStatus"].endswith("_IN_PROGRESS"):
            break
        assert time.monotonic() < deadline
        time.sleep(0.05)
    events = cloudformation.describe_stack_events(StackName="standing")["StackEvents"]
    assert stack["StackStatus"] == "CREATE_COMPLETE", [event.get("ResourceStatusReason") for event in events]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
