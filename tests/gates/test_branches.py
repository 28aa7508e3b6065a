"""What a template's expressions come to, in each of the ways in which it can be launched."""

from __future__ import annotations

from typing import Any

import pytest

from factory.gates.branches import Branches, TooManyBranchesError
from factory.gates.unknowns import Given, Opaque
from factory.gates.worlds import World

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Environment": {"Type": "String", "AllowedValues": ["dev", "prod"]},
        "Size": {"Type": "String", "AllowedPattern": "auto|[0-9]+", "Default": "auto"},
        "Backup": {"Type": "String", "AllowedValues": ["true", "false"]},
        "Days": {"Type": "Number", "MinValue": 7, "MaxValue": 90},
        "Name": {"Type": "String", "AllowedPattern": "[a-z]*"},
        "KeyArn": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/platform/key"},
    },
    "Mappings": {"Sizing": {"dev": {"Size": "1"}, "prod": {"Size": "3"}}},
    "Conditions": {
        "SizeIsAuto": {"Fn::Equals": [{"Ref": "Size"}, "auto"]},
        "BacksUp": {"Fn::Equals": [{"Ref": "Backup"}, "true"]},
        "IsProd": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
        "HasName": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, ""]}]},
        "KeepsBackup": {"Fn::And": [{"Condition": "IsProd"}, {"Condition": "BacksUp"}]},
    },
    "Rules": {
        "ProdBacksUp": {
            "RuleCondition": {"Fn::Equals": [{"Ref": "Environment"}, "prod"]},
            "Assertions": [{"Assert": {"Fn::Contains": [["true"], {"Ref": "Backup"}]}}],
        }
    },
    "Resources": {"Key": {"Type": "AWS::KMS::Key"}},
}


def outcomes(node: Any, **more: Any) -> dict[str, Any]:
    """Every value of a node, by the decisions that lead to it."""
    branches = Branches({**TEMPLATE, **more})
    return {str(world): value for world, value in branches.explore(lambda world: world.value(node))}


def size() -> dict[str, Any]:
    table = {"Fn::FindInMap": ["Sizing", {"Ref": "Environment"}, "Size"]}
    return {"Fn::If": ["SizeIsAuto", table, {"Ref": "Size"}]}


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        ("plain", {"": "plain"}),
        ({"Ref": "Backup"}, {"Backup=true": "true", "Backup=false": "false"}),
        ({"Ref": "Days"}, {"Days=7": "7", "Days=90": "90"}),
        ({"Ref": "Key"}, {"": Opaque(name="Key")}),
        ({"Fn::GetAtt": "Key.Arn"}, {"": Opaque(name="Key", attribute="Arn")}),
        ({"Fn::Sub": "${Key.Arn}/${!kept}"}, {"": "⟦Key.Arn⟧/${kept}"}),
        ({"Fn::Join": ["", ["a", {"Ref": "AWS::NoValue"}, "b"]]}, {"": "ab"}),
        ({"Fn::GetAZs": ""}, {"": Opaque(name="Fn::GetAZs")}),
        ({"Fn::Sub": "${Key.Arn}"}, {"": Opaque(name="Key", attribute="Arn")}),
        ({"Fn::Join": ["/", [{"Ref": "Key"}]]}, {"": Opaque(name="Key")}),
        ({"Fn::Sub": "${!kept}"}, {"": "${kept}"}),
        ([{"Fn::If": ["BacksUp", "x", {"Ref": "AWS::NoValue"}]}], {"Backup=true": ["x"], "Backup=false": []}),
        ({"A": {"Fn::If": ["HasName", 1, 2]}}, {"Name=": {"A": 2}, "Name=⟦Name⟧": {"A": 1}}),
    ],
)
def test_a_node_comes_to(node: Any, expected: dict[str, Any]) -> None:
    assert outcomes(node) == expected


def test_a_sized_value_follows_the_environment_or_is_given() -> None:
    given = Given(parameter="Size", pattern="auto|[0-9]+")
    found = outcomes(size())
    assert found == {"Size=auto, Environment=dev": "1", "Size=auto, Environment=prod": "3", "Size=⟦Size⟧": given}
    assert given.admits("12")
    assert not given.admits("many")


def test_what_another_product_provides_is_never_empty() -> None:
    (key,) = outcomes({"Ref": "KeyArn"}).values()
    assert not key.admits("")


def test_an_element_of_what_another_product_provides_is_provided_by_it() -> None:
    node = {"Fn::Select": [0, {"Fn::Split": [",", {"Ref": "KeyArn"}]}]}
    branches = Branches(TEMPLATE)
    ((world, element),) = branches.explore(lambda world: world.value(node))
    assert (str(element), element.of_contract) == ("⟦KeyArn split at ,[0]⟧", True)
    assert world.contract_path(element) == "/platform/key"


def test_worlds_are_told_apart_only_where_the_answer_depends_on_it() -> None:
    """KeepsBackup asks for Backup in prod alone."""
    found = outcomes({"Fn::If": ["KeepsBackup", "kept", "lost"]})
    assert found == {
        "Environment=dev": "lost",
        "Environment=prod, Backup=true": "kept",
        "Environment=prod, Backup=false": "lost",
    }


def test_rules_close_branches() -> None:
    branches = Branches(TEMPLATE)
    possible = {
        str(world): branches.is_possible(world)
        for world, _ in branches.explore(lambda world: (world.environment, world.value({"Ref": "Backup"})))
    }
    assert possible == {
        "Environment=dev, Backup=true": True,
        "Environment=dev, Backup=false": True,
        "Environment=prod, Backup=true": True,
        "Environment=prod, Backup=false": False,
    }


def test_a_rule_that_only_aws_can_answer_closes_nothing() -> None:
    rule = {"Assertions": [{"Assert": {"Fn::EachMemberIn": [["a"], {"Fn::RefAll": "AWS::EC2::VPC::Id"}]}}]}
    rule["Assertions"].append({"Assert": {"Fn::Equals": [{"Ref": "Backup"}, {"Ref": "AWS::Region"}]}})
    branches = Branches({**TEMPLATE, "Rules": {"Unknown": rule}})
    worlds = [world for world, _ in branches.explore(lambda world: world.value({"Ref": "Backup"}))]
    assert [branches.is_possible(world) for world in worlds] == [True, True]


def test_a_comparison_with_what_nobody_knows_goes_both_ways() -> None:
    condition = {"Conditions": {"IsHome": {"Fn::Equals": [{"Ref": "AWS::Region"}, "us-east-1"]}}}
    assert sorted(outcomes({"Fn::If": ["IsHome", "home", "abroad"]}, **condition).values()) == ["abroad", "home"]


def test_a_resource_that_is_not_made_is_not_there() -> None:
    resources = {"Key": {"Type": "AWS::KMS::Key", "Condition": "BacksUp"}}
    branches = Branches({**TEMPLATE, "Resources": resources})
    found = branches.explore(lambda world: [item.name for item in world.resources("AWS::KMS::Key")])
    assert {str(world): names for world, names in found} == {"Backup=true": ["Key"], "Backup=false": []}


def test_parts_are_found_behind_conditions() -> None:
    policies = [{"Name": "a"}, {"Fn::If": ["BacksUp", {"Name": "b"}, {"Ref": "AWS::NoValue"}]}]
    branches = Branches({**TEMPLATE, "Resources": {"It": {"Type": "X", "Properties": {"Policies": policies}}}})
    parts = list(branches.parts("It", "Policies.*.Name"))
    assert [(part.node, part.conditions) for part in parts] == [("a", ()), ("b", (("BacksUp", True),))]
    assert parts[1].path == ("Resources", "It", "Properties", "Policies", 1, "Fn::If", 1, "Name")
    (whole,) = branches.parts("It", "")
    assert whole.node == {"Policies": policies}


def test_too_many_combinations_are_not_passed_over() -> None:
    parameters = {f"P{number}": {"Type": "String", "AllowedValues": ["a", "b", "c"]} for number in range(12)}
    everything: list[Any] = [{"Ref": name} for name in parameters]

    def ask(world: World) -> Any:
        return world.value(everything)

    with pytest.raises(TooManyBranchesError):
        list(Branches({"Parameters": parameters}).explore(ask))


PIECES = {"Fn::Split": ["=", {"Ref": "Pair"}]}


def test_pieces_of_a_parameter_are_told_apart() -> None:
    template = {"Parameters": {"Pair": {"Type": "String", "AllowedPattern": "[a-z]+=[a-z]+"}}}
    branches = Branches(template)
    both = [{"Fn::Select": [index, PIECES]} for index in (0, 1)]
    ((_, (name, value)),) = branches.explore(lambda world: world.value(both))
    assert name != value
    assert name.admits("orders")
    assert not name.admits("*")


def test_a_piece_may_be_what_it_is_compared_with() -> None:
    condition = {"Fn::Equals": [{"Fn::Select": [0, PIECES]}, "a"]}
    branches = Branches({"Parameters": {"Pair": {"Type": "String"}}, "Conditions": {"IsA": condition}})
    assert sorted(answer for _, answer in branches.explore(lambda world: world.holds("IsA"))) == [False, True]


@pytest.mark.parametrize(("pattern", "answers"), [("[a-z.]+", [False, True]), ("[a-z]+", [True])])
def test_what_is_given_may_hold_the_delimiter(pattern: str, answers: list[bool]) -> None:
    after = {"Fn::Select": [1, {"Fn::Split": [".", {"Fn::Sub": "${Image}."}]}]}
    template = {
        "Parameters": {"Image": {"Type": "String", "AllowedPattern": pattern}},
        "Conditions": {"IsPlain": {"Fn::Equals": [after, ""]}},
    }
    assert sorted(answer for _, answer in Branches(template).explore(lambda world: world.holds("IsPlain"))) == answers


def test_texts_as_cfn_lint_reads_them_are_texts() -> None:
    class Read(str):
        """A text that remembers its line."""

    template = {
        "Parameters": {"Name": {"Type": "String", "Default": "x"}},
        "Conditions": {"HasName": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Name"}, Read("")]}]}},
    }
    found = {str(world): answer for world, answer in Branches(template).explore(lambda world: world.holds("HasName"))}
    assert found == {"Name=x": True, "Name=": False, "Name=⟦Name⟧": True}


def test_a_launch_that_leaves_the_form_alone() -> None:
    branches = Branches(TEMPLATE)
    asked = {"Ref": "Size"}
    found = branches.explore(lambda world: (world.value(asked), world.left_alone().value(asked)))
    assert {untouched for _, (_, untouched) in found} == {"auto"}
