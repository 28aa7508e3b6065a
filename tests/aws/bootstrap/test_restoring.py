"""What is taken out of a stack so that it can be made anew."""

from __future__ import annotations

from factory.aws.bootstrap.restoring import without

TEMPLATE = {
    "Conditions": {"Bounded": True},
    "Resources": {
        "Policy": {"Type": "P"},
        "Role": {"Type": "R", "Properties": {"Arns": [{"Ref": "Policy"}, {"Fn::If": ["Bounded", "a", "b"]}]}},
        "User": {"Type": "U", "Properties": {"Text": {"Fn::Sub": "${Role.Arn}/x"}}, "DependsOn": "Other"},
        "Other": {"Type": "O"},
        "Ledger": {"Type": "L", "DependsOn": ["Role", "Other"]},
        "Last": {"Type": "L", "DependsOn": "Role"},
    },
}


def test_what_refers_to_it_goes_too_and_what_waits_for_it_stays() -> None:
    left = without(TEMPLATE, {"Policy"})
    assert left["Conditions"] == TEMPLATE["Conditions"]
    assert left["Resources"] == {
        "Other": {"Type": "O"},
        "Ledger": {"Type": "L", "DependsOn": ["Other"]},
        "Last": {"Type": "L"},
    }


def test_nothing_else_goes() -> None:
    assert without(TEMPLATE, {"User"})["Resources"].keys() == TEMPLATE["Resources"].keys() - {"User"}
