"""What is kept: apart by account and region, saved and given back, forgotten on reset."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import parse_qs

import pytest

from factory.sandbox.amendments import Amendments
from factory.sandbox.amendments.query import Answer

ENTRY = (
    b"Action=CreateNetworkAclEntry&NetworkAclId=acl-1&RuleNumber=1&Protocol=6&RuleAction=allow&Egress=false"
    b"&CidrBlock=10.0.0.0%2F8&PortRange.From=80&PortRange.To=81"
)
DESCRIBE = b"Action=DescribeNetworkAcls"
SPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"


class Emulator:
    """Answers as the emulator does, with one network ACL and one entry in it once that was made."""

    def __init__(self) -> None:
        self.entries = ""

    async def forward(self, body: bytes) -> Answer:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if form["Action"] == "CreateNetworkAclEntry":
            rule = f"<ruleNumber>{form['RuleNumber']}</ruleNumber><egress>{form['Egress']}</egress>"
            self.entries = f"<item>{rule}</item>"
        acl = f"<item><networkAclId>acl-1</networkAclId><entrySet>{self.entries}</entrySet></item>"
        content = acl if form["Action"] == "DescribeNetworkAcls" else ""
        return 200, f'<Answer xmlns="{SPACE}"><networkAclSet>{content}</networkAclSet></Answer>'.encode()


def ask(amendments: Amendments, emulator: Emulator, form: bytes, account: str = "1", region: str = "r") -> str:
    operation = parse_qs(form.decode())["Action"][0]
    call = amendments.answer("ec2", operation, form, account=account, region=region, forward=emulator.forward)
    return asyncio.run(call)[1].decode()


@pytest.fixture
def emulator() -> Emulator:
    return Emulator()


@pytest.fixture
def amendments(emulator: Emulator) -> Amendments:
    """Amendments that keep one entry's ports, of account 1 in region r."""
    kept = Amendments()
    ask(kept, emulator, ENTRY)
    return kept


def test_ports_are_shown_where_they_were_set_and_nowhere_else(amendments: Amendments, emulator: Emulator) -> None:
    assert "<to>81</to>" in ask(amendments, emulator, DESCRIBE)
    assert "<to>81</to>" not in ask(amendments, emulator, DESCRIBE, account="2")
    assert "<to>81</to>" not in ask(amendments, emulator, DESCRIBE, region="s")


def test_what_is_saved_can_be_given_back(amendments: Amendments, emulator: Emulator) -> None:
    left_out: list[str] = []
    saved = json.loads(json.dumps(amendments.save(left_out.append)))
    other = Amendments()

    other.restore(saved)

    assert ask(other, emulator, DESCRIBE) == ask(amendments, emulator, DESCRIBE)
    assert other.save(left_out.append) == saved
    assert left_out == []


def test_a_reset_forgets(amendments: Amendments, emulator: Emulator) -> None:
    amendments.reset()

    assert "<to>81</to>" not in ask(amendments, emulator, DESCRIBE)


def test_other_operations_are_left_alone() -> None:
    assert Amendments().handles("ec2", "CreateNatGateway")
    assert not Amendments().handles("ec2", "RunInstances")
    assert not Amendments().handles("s3", "CreateNatGateway")
