"""Values of parameters, held against what a template declares."""

from __future__ import annotations

from typing import Any

import pytest

from factory.aws.launch.parameters import Declared, check


def declared(type_: str = "String", *, name: str = "Size", default: str | None = None, **constraints: Any) -> Declared:
    described = {"ParameterKey": name, "ParameterType": type_, "ParameterConstraints": constraints}
    return Declared.of(described if default is None else {**described, "DefaultValue": default})


@pytest.mark.parametrize(
    ("parameter", "value", "problem"),
    [
        (declared(AllowedValues=["small", "large"]), "large", None),
        (declared(AllowedValues=["small", "large"]), "huge", "huge is not one of small, large"),
        (declared(AllowedPattern="[a-z]+"), "abc", None),
        (declared(AllowedPattern="[a-z]+"), "abc1", "abc1 does not have the form [a-z]+"),
        (
            declared(AllowedPattern="[a-z]+", ConstraintDescription="Lower case."),
            "",
            "an empty value does not have the form [a-z]+. Lower case.",
        ),
        (declared(AllowedPattern=r"\p{Lower}+"), "ABC", None),
        (declared("Number", MinValue="20", MaxValue="1024"), "20", None),
        (declared("Number", MinValue="20", MaxValue="1024"), "19", "19 is below MinValue 20"),
        (declared("Number", MinValue="20", MaxValue="1024"), "1025", "1025 is above MaxValue 1024"),
        (declared("Number"), "many", "many is not a number"),
        (declared(MinLength="2", MaxLength="3"), "ab", None),
        (declared(MinLength="2", MaxLength="3"), "a", "a is below MinLength 2"),
        (declared(MinLength="2", MaxLength="3"), "abcd", "abcd is above MaxLength 3"),
        (declared("CommaDelimitedList", AllowedValues=["a", "b"]), "a, b", None),
        (declared("CommaDelimitedList", AllowedValues=["a", "b"]), "a,c", "c is not one of a, b"),
        (declared("List<Number>"), "1,x", "x is not a number"),
    ],
)
def test_values(parameter: Declared, value: str, problem: str | None) -> None:
    assert list(parameter.problems(value)) == ([] if problem is None else [f"parameter Size: {problem}"])


def test_secrets_are_not_shown() -> None:
    secret = Declared(name="Password", type="String", default=None, secret=True, pattern="[a-z]+")

    assert list(secret.problems("HUNTER2")) == ["parameter Password: **** does not have the form [a-z]+"]


def test_names() -> None:
    known = {item.name: item for item in (declared(name="Size", default="small"), declared(name="Owner"))}

    assert list(check(known, {"Sise": "x"}, {"Sise": "x"}, {})) == [
        "parameter Sise is unknown: did you mean Size?",
        "parameter Owner is missing: it has no default",
    ]
    assert list(check(known, {}, {}, {"Owner": "me"})) == []
    assert list(check(known, {}, {"Owner": "me"}, {})) == []


def test_a_template_and_the_catalog_describe_a_parameter_alike() -> None:
    body = {"Type": "Number", "Default": "5", "MinValue": 1, "MaxValue": 9, "ConstraintDescription": "One to nine."}
    constraints = {"MinValue": "1", "MaxValue": "9", "ConstraintDescription": "One to nine."}
    assert Declared.written("Size", body) == declared("Number", default="5", **constraints)
    assert Declared.written("Token", {"Type": "String", "NoEcho": True}).secret
