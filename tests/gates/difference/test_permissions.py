"""Which of two statements admits more: patterns, principals, conditions, and what moves from one policy to another."""

from __future__ import annotations

from typing import Any

import pytest

from factory.gates.difference import Kind, compare
from factory.gates.difference.network import Door
from factory.gates.difference.permissions import Grant, compared
from tests.gates.difference.corpus import TRUST, ref, resource, template

MORE, LESS, ELSE = 0, 1, 2
SMALL = frozenset({("StringEquals", "k", frozenset({"a"}))})
LARGE = frozenset({("StringEquals", "k", frozenset({"a", "b"}))})
NOT_SMALL = frozenset({("StringNotEquals", "k", frozenset({"a"}))})
NOT_LARGE = frozenset({("StringNotEquals", "k", frozenset({"a", "b"}))})


def grant(**more: Any) -> Grant:
    return Grant(**{"denies": False, "who": "", "action": "s3:GetObject", "on": "arn:b/*", **more})


@pytest.mark.parametrize(
    ("old", "new", "directions"),
    [
        (grant(), grant(action="S3:getobject"), set()),
        (grant(), grant(action="s3:Get*"), {MORE}),
        (grant(action="s3:*"), grant(action="s3:Get*"), {LESS}),
        (grant(action="s3:Get*"), grant(action="s3:Put*"), {MORE, LESS}),
        (grant(action="s3:Get?bject"), grant(action="s3:Get*"), {MORE}),
        (grant(on="arn:b/*"), grant(on="*"), {MORE}),
        (grant(on="${Bucket.Arn}/*"), grant(on="${Bucket.Arn}/logs/*"), {LESS}),
        (grant(who="*"), grant(who="arn:aws:iam::1:root"), {LESS}),
        (grant(), grant(conditions=SMALL), {LESS}),
        (grant(conditions=SMALL), grant(conditions=LARGE), {MORE}),
        (grant(conditions=NOT_SMALL), grant(conditions=NOT_LARGE), {LESS}),
        (grant(conditions=SMALL), grant(conditions=NOT_SMALL), {ELSE}),
        (grant(denies=True), grant(denies=True, on="*"), {LESS}),
        (grant(denies=True, conditions=LARGE), grant(denies=True, conditions=SMALL), {MORE}),
        (grant(action="everything but s3:Get*"), grant(action="everything but s3:Put*"), {MORE, LESS}),
    ],
)
def test_two_grants(old: Grant, new: Grant, directions: set[int]) -> None:
    assert {direction for direction, _ in compared(frozenset({old}), frozenset({new}))} == directions


def test_a_permission_that_moves_to_a_policy_of_its_own_is_no_change() -> None:
    document = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
    role = resource("IAM::Role", AssumeRolePolicyDocument=TRUST)
    inside = resource(
        "IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=[{"PolicyName": "p", "PolicyDocument": document}]
    )
    policy = resource("IAM::Policy", PolicyName="p", Roles=[ref("Role")], PolicyDocument=document)
    difference = compare(template(Role=inside), template(Role=role, Policy=policy))
    assert not difference.of(Kind.ROLE_WIDENED, Kind.ROLE_NARROWED)


def test_what_is_refused_about_something_new_is_no_loss() -> None:
    """A queue that comes with its policy admits less than none did, which nobody can miss."""
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sqs:*", "Resource": "*"}
    policy = resource("SQS::QueuePolicy", Queues=[ref("Queue")], PolicyDocument={"Statement": [deny]})
    queue = resource("SQS::Queue")
    before = template(Topic=resource("SNS::Topic"))
    both = template(Topic=resource("SNS::Topic"), Queue=queue, Policy=policy)
    assert not compare(before, both).of(Kind.ACCESS_NARROWED)
    assert not compare(both, before).of(Kind.ACCESS_WIDENED)
    assert compare(template(Queue=queue), template(Queue=queue, Policy=policy)).of(Kind.ACCESS_NARROWED)
    assert compare(template(Queue=queue, Policy=policy), template(Queue=queue)).of(Kind.ACCESS_WIDENED)


def test_what_a_role_may_do_is_told_with_where() -> None:
    statement = {"Effect": "Allow", "Action": ["s3:PutObject", "s3:GetObject"], "Resource": "arn:aws:s3:::b/*"}
    before = template(Role=resource("IAM::Role", AssumeRolePolicyDocument=TRUST))
    policies = [{"PolicyName": "p", "PolicyDocument": {"Statement": [statement]}}]
    after = template(Role=resource("IAM::Role", AssumeRolePolicyDocument=TRUST, Policies=policies))
    (change,) = compare(before, after).of(Kind.ROLE_WIDENED)
    assert change.details == ("s3:GetObject, s3:PutObject on arn:aws:s3:::b/*",)


def test_a_permission_to_invoke_a_function() -> None:
    def invoke(arn: str) -> dict[str, Any]:
        return template(
            P=resource("Lambda::Permission", FunctionName="f", Action="lambda:Invoke", Principal="s3", SourceArn=arn)
        )

    (change,) = compare(invoke("a"), invoke("b")).of(Kind.ACCESS_CHANGED)
    assert change.details == ("lambda:Invoke on f for s3 if SourceArn equals b",)


@pytest.mark.parametrize(
    ("wide", "narrow", "takes_in"),
    [
        (("tcp", "80", "90", "10.0.0.0/8"), ("tcp", "85", "85", "10.1.0.0/16"), True),
        (("-1", "", "", "0.0.0.0/0"), ("tcp", "85", "85", "10.1.0.0/16"), True),
        (("tcp", "80", "90", "10.0.0.0/8"), ("udp", "85", "85", "10.0.0.0/8"), False),
        (("tcp", "80", "90", "10.0.0.0/8"), ("tcp", "85", "95", "10.0.0.0/8"), False),
        (("tcp", "80", "90", "10.0.0.0/8"), ("tcp", "80", "90", "0.0.0.0/0"), False),
        (("tcp", "80", "80", "::/0"), ("tcp", "80", "80", "fd00::/8"), True),
        (("tcp", "80", "80", "0.0.0.0/0"), ("tcp", "80", "80", "::/0"), False),
        (("tcp", "${Port}", "${Port}", "${Group}"), ("tcp", "${Port}", "${Port}", "${Group}"), True),
        (("tcp", "${Port}", "${Port}", "${Group}"), ("tcp", "80", "80", "${Group}"), False),
    ],
)
def test_two_doors(wide: tuple[str, ...], narrow: tuple[str, ...], takes_in: bool) -> None:
    def door(protocol: str, first: str, last: str, peer: str) -> Door:
        return Door(protocol=protocol, first_port=first, last_port=last, peer=peer)

    assert door(*wide).takes_in(door(*narrow)) is takes_in


def test_a_door_reads_as_a_sentence() -> None:
    everything = Door(protocol="-1", first_port="", last_port="", peer="0.0.0.0/0")
    assert str(everything) == "0.0.0.0/0 (the whole world): everything"
    some = Door(protocol="tcp", first_port="80", last_port="81", peer="${Group}")
    assert str(some) == "${Group}: tcp 80-81"
