"""Every refusal of a resource, asked for without a stack. What is let through, the standing template shows."""

from __future__ import annotations

import json
import re

import pytest

from factory.sandbox import demands
from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.refusal import RefusedError
from tests.sandbox.demands import cases_computing, cases_messages, cases_network, cases_policies
from tests.sandbox.demands.case import Case, filled

CASES = (*cases_network.CASES, *cases_policies.CASES, *cases_messages.CASES, *cases_computing.CASES)
Standing = dict[str, str]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.type} {case.what}")
def test_it_is_refused(case: Case, account: Account, standing: Standing) -> None:
    resource = Resource(
        type=case.type,
        logical_id="It",
        stack_name="it",
        account=account.id,
        region=account.region,
        properties=filled(case.properties, standing),
    )
    with pytest.raises(RefusedError, match=re.escape(case.says)):
        demands.check(resource, account)


def test_every_demand_is_tried() -> None:
    tried = {case.type for case in CASES}
    assert demands.discover().keys() - tried == {"AWS::EC2::SecurityGroupEgress"}  # The same rule as for ingress.


def test_a_stack_fails_of_it(account: Account, standing: Standing) -> None:
    cloudformation = account.client("cloudformation")
    subnet = {"VpcId": standing["Vpc"], "CidrBlock": "10.9.0.0/24"}
    template = {"Resources": {"It": {"Type": "AWS::EC2::Subnet", "Properties": subnet}}}
    cloudformation.create_stack(StackName="outside", TemplateBody=json.dumps(template), OnFailure="DO_NOTHING")
    waiter = cloudformation.get_waiter("stack_create_complete")
    waiter.config.delay = 0.05
    with pytest.raises(Exception, match="CREATE_FAILED"):
        waiter.wait(StackName="outside")
    events = cloudformation.describe_stack_events(StackName="outside")["StackEvents"]
    reasons = [event.get("ResourceStatusReason", "") for event in events]
    assert "The CIDR '10.9.0.0/24' is invalid. (Error Code: InvalidSubnet.Range)" in reasons
