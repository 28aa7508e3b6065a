"""Every kind of constraint against the API's document (AWS Service Catalog API Reference, CreateConstraint)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from factory.catalog.constraints import Constraint, known, parse
from factory.catalog.constraints.launch import Launch
from factory.catalog.constraints.notification import Notification
from factory.catalog.constraints.resource_update import ResourceUpdate
from factory.catalog.constraints.stack_set import StackSet
from factory.catalog.constraints.template import Template

RULE = {"Assertions": [{"Assert": {"Fn::Contains": [["a", "b"], {"Ref": "Size"}]}}]}

DOCUMENTS: list[tuple[Constraint, dict[str, Any], str]] = [
    (Launch(product="p", local_role_name="role"), {"LocalRoleName": "role"}, "role role"),
    (
        Notification(product="p", topic_arns=("arn:aws:sns:us-east-1:111111111111:a",)),
        {"NotificationArns": ["arn:aws:sns:us-east-1:111111111111:a"]},
        "arn:aws:sns:us-east-1:111111111111:a",
    ),
    (
        ResourceUpdate(product="p"),
        {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": "ALLOWED"}},
        "tag updates allowed",
    ),
    (
        ResourceUpdate(product="p", tag_updates=False),
        {"Version": "2.0", "Properties": {"TagUpdateOnProvisionedProduct": "NOT_ALLOWED"}},
        "tag updates refused",
    ),
    (
        StackSet(
            product="p",
            accounts=("222222222222", "333333333333"),
            regions=("us-west-2", "us-east-1"),
            admin_role_arn="arn:aws:iam::111111111111:role/admin",
            execution_role_name="execution",
        ),
        {
            "Version": "2.0",
            "Properties": {
                "AccountList": ["222222222222", "333333333333"],
                "RegionList": ["us-west-2", "us-east-1"],
                "AdminRole": "arn:aws:iam::111111111111:role/admin",
                "ExecutionRole": "execution",
                "StackInstanceControl": "NOT_ALLOWED",
            },
        },
        "accounts 222222222222, 333333333333 in us-west-2, us-east-1",
    ),
    (
        Template.of("p", {"Size": RULE}),
        {"Rules": {"Size": RULE}},
        '{"Fn::Contains": [["a", "b"], {"Ref": "Size"}]}',
    ),
    (
        Template.allowing("p", "Zones", ("2", "3")),
        {
            "Rules": {
                "OnlyZones": {
                    "Assertions": [
                        {
                            "Assert": {"Fn::Contains": [["2", "3"], {"Ref": "Zones"}]},
                            "AssertDescription": "Zones must be 2 or 3 here.",
                        }
                    ]
                }
            }
        },
        "Zones must be 2 or 3 here.",
    ),
]


@pytest.mark.parametrize(("constraint", "document", "summary"), DOCUMENTS)
def test_a_constraint_is_its_document(constraint: Constraint, document: dict[str, Any], summary: str) -> None:
    assert json.loads(constraint.parameters()) == document
    assert parse(constraint.type, "p", json.dumps(document)) == constraint
    assert constraint.summary == summary


def test_every_kind_has_a_document_here() -> None:
    assert {constraint.type for constraint, _, _ in DOCUMENTS} == set(known())


def test_equal_constraints_have_equal_parameters() -> None:
    turned = '{"NotificationArns": ["arn:b", "arn:a"]}'
    straight = '{"NotificationArns":["arn:a","arn:b"]}'
    assert parse("NOTIFICATION", "p", turned).parameters() == straight


def test_a_launch_role_given_by_arn_is_known_by_its_name() -> None:
    document = '{"RoleArn": "arn:aws:iam::111111111111:role/path/launch"}'
    assert parse("LAUNCH", "p", document) == Launch(product="p", local_role_name="launch")


def test_rules_of_one_product_are_told_apart_by_name() -> None:
    first, second = (Template.allowing("p", parameter, ("1",)) for parameter in ("Size", "Zones"))
    assert first.identity != second.identity
    assert first.identity == Template.allowing("p", "Size", ("2",)).identity


def test_an_unknown_kind_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        parse("BUDGET", "p", "{}")
