"""Holds the parameters given for a stack against its template and against what the account holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from factory.sandbox.stacks.account import Account

_STORED = re.compile(r"AWS::SSM::Parameter::Value<(.+)>")
_LIST = re.compile(r"List<(.+)>")


class ParameterError(Exception):
    """The parameters don't fit; the message is CloudFormation's as users report it."""


def resolved(template: Mapping[str, Any], given: Mapping[str, str], account: Account) -> dict[str, str]:
    """Give the value of every parameter of a template, those of Systems Manager looked up.

    Raises ParameterError. The real service lets a stack start whose parameters name what does not exist, and rolls it
    back with the same message; here there is no stack.
    """
    texts = chosen(template, given)
    declared: Mapping[str, Any] = template.get("Parameters") or {}
    for name, text in texts.items():
        _match(name, text, declared[name])
    texts |= _stored(texts, declared, account)
    if absent := list(_absent(texts, declared, account)):
        raise ParameterError("Parameter validation failed: " + ", ".join(absent))
    return texts


def chosen(template: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
    """Give the text of every parameter of a template, as given or by default. Raises ParameterError."""
    declared: Mapping[str, Any] = template.get("Parameters") or {}
    if unknown := sorted(given.keys() - declared.keys()):
        raise ParameterError(f"Parameters: [{', '.join(unknown)}] do not exist in the template")
    values = {
        name: given.get(name, definition.get("Default"))
        for name, definition in declared.items()
        if isinstance(definition, Mapping)
    }
    if empty := [name for name, value in values.items() if value is None]:
        raise ParameterError(f"Parameters: [{', '.join(empty)}] must have values")
    return {name: _text(value) for name, value in values.items()}


def stored_names(template: Mapping[str, Any], given: Mapping[str, str]) -> list[str]:
    """Give the names of the Systems Manager parameters that a template's parameters take their values from."""
    return [
        str(given.get(name, definition["Default"]))
        for name, definition in (template.get("Parameters") or {}).items()
        if _STORED.fullmatch(str(definition.get("Type"))) and (name in given or "Default" in definition)
    ]


def _match(name: str, text: str, definition: Mapping[str, Any]) -> None:
    """Apply the pattern of a stored parameter, which is meant for its name; the emulator does all the others."""
    pattern = definition.get("AllowedPattern")
    if pattern and _STORED.fullmatch(str(definition.get("Type"))) and not re.fullmatch(str(pattern), text):
        raise ParameterError(
            f"Parameter '{name}' {definition.get('ConstraintDescription') or f'must match pattern {pattern}'}"
        )


def _stored(texts: Mapping[str, str], declared: Mapping[str, Any], account: Account) -> dict[str, str]:
    kinds = {name: str(definition.get("Type")) for name, definition in declared.items()}
    looked_up = [name for name, kind in kinds.items() if _STORED.fullmatch(kind)]
    only_named = [name for name, kind in kinds.items() if kind == "AWS::SSM::Parameter::Name"]
    if not looked_up and not only_named:
        return {}
    found = account.stored(texts[name] for name in (*looked_up, *only_named))
    if lacking := sorted({texts[name] for name in (*looked_up, *only_named)} - found.keys()):
        raise ParameterError(f"Unable to fetch parameters [{','.join(lacking)}] from parameter store for this account.")
    # User Guide, "Systems Manager parameter types": a list corresponds to a StringList, anything else to a String.
    unfit = sorted(
        {
            texts[name]
            for name in looked_up
            if found[texts[name]][0] != ("StringList" if "List" in kinds[name] else "String")
        }
    )
    if unfit:
        raise ParameterError(
            f"Parameters [{', '.join(unfit)}] referenced by template have types not supported by CloudFormation."
        )
    return {name: found[texts[name]][1] for name in looked_up}


def _absent(texts: Mapping[str, str], declared: Mapping[str, Any], account: Account) -> Iterator[str]:
    for name, text in texts.items():
        kind = str(declared[name].get("Type"))
        if stored := _STORED.fullmatch(kind):
            kind = stored[1]
        values = [text]
        if listed := _LIST.fullmatch(kind):
            kind = listed[1]
            values = [item.strip() for item in text.split(",")]
        for value in account.absent(kind, values):
            yield f"parameter value {value} for parameter name {name} does not exist"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ",".join(_text(item) for item in value) if isinstance(value, list) else str(value)
