"""Whether a template declares its parameters, mappings and conditions as CloudFormation wants them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_ATTRIBUTES = frozenset(
    {
        *("AllowedPattern", "AllowedValues", "ConstraintDescription", "Default", "Description", "NoEcho", "Type"),
        *("MaxLength", "MaxValue", "MinLength", "MinValue"),
    }
)
_KEY = re.compile(r"[A-Za-z0-9.-]+")
_MORE = "characters, dashes and periods"
_SEVERAL = "a list of at least 2 and at most 10 boolean parameters"
_NOT_BOOLEAN = "Template format error: Conditions can only be boolean operations on parameters and other conditions"


def parameter(name: str, declared: Mapping[str, Any]) -> Iterator[str]:
    """Give a message for everything that is wrong with a parameter's declaration."""
    from cfnlint.helpers import VALID_PARAMETER_TYPES

    if not name.isalnum() or not name.isascii():
        yield f"Template format error: Parameter name {name} is non alphanumeric."
    if unknown := sorted(str(key) for key in declared.keys() - _ATTRIBUTES):
        yield f"Invalid template parameter property '{unknown[0]}'"
    if "Type" not in declared:
        yield "Template format error: Every Parameters object must contain a Type member."
    elif declared["Type"] not in VALID_PARAMETER_TYPES:
        yield f"Template format error: Unrecognized parameter type: {declared['Type']}"
    if isinstance(declared.get("Default"), list | dict):
        yield "Template format error: Every Default member must be a string."


def mapping(name: str, declared: Mapping[str, Any]) -> Iterator[str]:
    """Give a message for everything that is wrong with a mapping's declaration."""
    if not name.isalnum() or not name.isascii():
        yield f"Template format error: Mapping name {name} is non alphanumeric."
    for first, values in declared.items():
        if not isinstance(values, Mapping):
            yield f"Template format error: Every Mappings attribute must be an object. [{name}/{first}]"
            continue
        for key in (first, *values):
            if not _KEY.fullmatch(str(key)):
                yield f"Template format error: Mappings attribute name '{key}' must contain only alphanumeric {_MORE}."
        for second, value in values.items():
            items = value if isinstance(value, list) else [value]
            if any(isinstance(item, list | dict) for item in items):
                yield f"Template format error: Every Mappings attribute must be a String or a List. [{name}/{second}]"


def condition(declared: Any) -> Iterator[str]:
    """Give a message for everything in a condition that cannot be true or false."""
    match declared:
        case {"Condition": str()} if len(declared) == 1:
            return
        case {"Fn::Equals": operands} if len(declared) == 1:
            if not isinstance(operands, list) or len(operands) != 2:
                yield "Template error: every Fn::Equals object requires a list of 2 string parameters."
        case {"Fn::Not": operands} if len(declared) == 1:
            if not isinstance(operands, list) or len(operands) != 1:
                yield "Template error: every Fn::Not object requires one boolean parameter."
            else:
                yield from condition(operands[0])
        case {"Fn::And": operands} | {"Fn::Or": operands} if len(declared) == 1:
            if not isinstance(operands, list) or not 2 <= len(operands) <= 10:
                yield f"Template error: every {next(iter(declared))} object requires {_SEVERAL}."
            else:
                for operand in operands:
                    yield from condition(operand)
        case _:
            yield _NOT_BOOLEAN
