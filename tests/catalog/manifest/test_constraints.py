"""What a portfolio file says on constraints."""

from __future__ import annotations

import json

import pytest

from factory.catalog.constraints import Constraint
from factory.catalog.constraints.launch import Launch
from factory.catalog.constraints.notification import Notification
from factory.catalog.constraints.resource_update import ResourceUpdate
from factory.catalog.constraints.stack_set import StackSet
from factory.catalog.constraints.template import Template

from .conftest import Project

TOPIC = "arn:aws:sns:{region}:{account}:platform-info"


def of(project: Project, product: str) -> set[Constraint]:
    constraints = project.load().portfolio("platform").constraints
    return {constraint for constraint in constraints if constraint.product == product}


def test_by_default_a_product_has_a_launch_role_and_its_tags_can_be_changed(project: Project) -> None:
    assert project.load().portfolio("platform").constraints == {
        Launch(product="network", local_role_name="factory-launch-network"),
        ResourceUpdate(product="network", tag_updates=True),
        Launch(product="cluster", local_role_name="factory-launch-cluster"),
        ResourceUpdate(product="cluster", tag_updates=True),
    }


def test_a_product_may_differ_from_its_portfolio(project: Project) -> None:
    project.append(
        "platform",
        f"""\
launch-role: shop-{{product}}-launch
tag-updates: refused
notifications: ["{TOPIC}"]
constraints:
  cluster:
    launch-role: special
    tag-updates: allowed
    notifications: []
""",
    )
    assert of(project, "network") == {
        Launch(product="network", local_role_name="shop-network-launch"),
        ResourceUpdate(product="network", tag_updates=False),
        Notification(product="network", topic_arns=(TOPIC,)),
    }
    assert of(project, "cluster") == {
        Launch(product="cluster", local_role_name="special"),
        ResourceUpdate(product="cluster", tag_updates=True),
    }


def test_rules_in_the_short_and_in_the_long_form(project: Project) -> None:
    project.append(
        "platform",
        """\
constraints:
  network:
    allow: {Zones: [2, 3]}
    rules:
      LargeNeedsThree:
        RuleCondition: {"Fn::Equals": [{Ref: Size}, large]}
        Assertions:
          - Assert: {"Fn::Equals": [{Ref: Zones}, 3]}
            AssertDescription: A large network has three zones.
""",
    )
    templates = {item.name: item for item in of(project, "network") if isinstance(item, Template)}
    assert templates["OnlyZones"] == Template.allowing("network", "Zones", ("2", "3"))
    assert json.loads(templates["LargeNeedsThree"].rules) == {
        "LargeNeedsThree": {
            "RuleCondition": {"Fn::Equals": [{"Ref": "Size"}, "large"]},
            "Assertions": [
                {
                    "Assert": {"Fn::Equals": [{"Ref": "Zones"}, "3"]},
                    "AssertDescription": "A large network has three zones.",
                }
            ],
        }
    }
    assert set(templates) == {"OnlyZones", "LargeNeedsThree"}


STACK_SET = """\
constraints:
  network:
    stack-set:
      accounts: ["333333333333", "222222222222"]
      regions: [us-west-2, us-east-1]
      admin-role: arn:aws:iam::111111111111:role/admin
      execution-role: execution
"""


def test_a_stack_set_takes_the_place_of_the_launch_role(project: Project) -> None:
    project.append("platform", STACK_SET + "      instance-control: allowed\n")
    assert of(project, "network") == {
        StackSet(
            product="network",
            accounts=("222222222222", "333333333333"),
            regions=("us-west-2", "us-east-1"),
            admin_role_arn="arn:aws:iam::111111111111:role/admin",
            execution_role_name="execution",
            instance_control=True,
        ),
        ResourceUpdate(product="network", tag_updates=True),
    }


def test_the_environment_may_stand_for_the_account_of_the_administration_role(project: Project) -> None:
    role = "arn:aws:iam::{account}:role/admin"
    project.append("platform", STACK_SET.replace("arn:aws:iam::111111111111:role/admin", f'"{role}"'))
    (stack_set,) = (item for item in of(project, "network") if isinstance(item, StackSet))
    assert stack_set.admin_role_arn == role


@pytest.mark.parametrize(
    ("addition", "problem"),
    [
        (
            "launch-role: role/x",
            "platform.yaml:7: launch-role: 'role/x' is not a role name, without path; "
            "{product} may stand for the product",
        ),
        (
            "launch-role: role-of-{prodcut}",
            "platform.yaml:7: launch-role: 'role-of-{prodcut}' is not a role name, without path; "
            "{product} may stand for the product",
        ),
        (
            "tag-updates: denied",
            "platform.yaml:7: tag-updates: 'denied' is unknown; there is allowed, none, refused",
        ),
        (
            "notifications: [platform-info]",
            "platform.yaml:7: notifications[1]: 'platform-info' is not the ARN of a topic; "
            "{region} and {account} may stand for those of the environment",
        ),
        (
            "notifications: [" + ", ".join(f'"arn:aws:sns:us-east-1:111111111111:t{n}"' for n in range(6)) + "]",
            "platform.yaml:7: notifications names 6 topics; 5 are possible",
        ),
        (
            "constraints: {netwrok: {}}",
            "platform.yaml:7: constraints: 'netwrok' is unknown; did you mean network?",
        ),
        (
            "constraints: {queue: {}}",
            "platform.yaml:7: constraints: 'queue' is unknown; there is cluster, network",
        ),
        (
            "constraints: {network: {allows: {}}}",
            "platform.yaml:7: constraints.network.allows is unknown; did you mean allow?",
        ),
        (
            "constraints: {network: {allow: {Environment: [dev]}}}",
            "platform.yaml:7: constraints.network.allow names Environment, which is always the environment's class",
        ),
        (
            "constraints: {network: {allow: {Zones: [2]}, rules: {OnlyZones: {Assertions: [{Assert: x}]}}}}",
            "platform.yaml:7: constraints.network.rules names OnlyZones, which the factory uses for the rule that "
            "allows values of a parameter",
        ),
        (
            "constraints: {network: {rules: {Size: {Assertion: []}}}}",
            "platform.yaml:7: constraints.network.rules.Size.Assertion is unknown; did you mean Assertions?",
        ),
        (
            "constraints: {network: {rules: {Size: {Assertions: []}}}}",
            "platform.yaml:7: constraints.network.rules.Size.Assertions names no assertion",
        ),
        (
            "constraints: {network: {rules: {Large-Zones: {Assertions: [{Assert: x}]}}}}",
            "platform.yaml:7: constraints.network.rules: 'Large-Zones' is not a name of letters and digits",
        ),
        (
            "constraints: {network: {allow: {" + ", ".join(f"P{n}: [v]" for n in range(98)) + "}}}",
            "platform.yaml:7: constraints.network makes 101 constraints; 100 are possible",
        ),
        (
            "constraints: {network: {allow: {Zones: []}}}",
            "platform.yaml:7: constraints.network.allow.Zones names no value",
        ),
    ],
)
def test_what_can_be_wrong(project: Project, addition: str, problem: str) -> None:
    project.append("platform", addition + "\n")
    assert project.problems()[0] == problem


def test_a_stack_set_and_a_launch_role_exclude_each_other(project: Project) -> None:
    project.append("platform", STACK_SET + "    launch-role: special\n")
    assert project.problems() == [
        "platform.yaml:14: constraints.network.launch-role and a stack set exclude each other"
    ]


def test_a_role_name_may_become_too_long(project: Project) -> None:
    project.append("platform", f"launch-role: {'x' * 57}-{{product}}\n")
    assert project.problems()[0] == (
        f"platform.yaml:7: launch-role gives '{'x' * 57}-cluster' for cluster, "
        "which is not a role name, without path, of at most 64 characters"
    )
