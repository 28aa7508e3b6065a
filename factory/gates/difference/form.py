"""What is asked at a launch: parameters, what of other products is required, and the rules that answers must meet.

Whoever launched a product keeps the values that they gave: another default is for new launches alone. An update that
passes a parameter which is gone, or a value which is no longer admitted, is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from factory.authoring.contract import PREFIX
from factory.authoring.product import ASSET_BUCKET
from factory.gates.difference.expressions import Reading
from factory.gates.difference.model import Change, Kind

_REQUIRED = "AWS::SSM::Parameter::Value<"
_LOWER, _UPPER = ("MinLength", "MinValue"), ("MaxLength", "MaxValue")


def changes(before: Reading, after: Reading) -> Iterator[Change]:
    """How the questions differ."""
    old, new = before.section("Parameters"), after.section("Parameters")
    # Account preparation provides what is not a product's.
    needed = {ASSET_BUCKET.product, *(product for body in old.values() if (product := _provider(body)))}
    for name in sorted({*old, *new}):
        if name not in new:
            yield Change(kind=Kind.PARAMETER_REMOVED, subject=name)
        elif name not in old:
            yield _added(name, new[name], needed)
        else:
            yield from _changed(name, old[name], new[name], needed)
    yield from _rules(before.section("Rules"), after)


def _added(name: str, body: Mapping[str, Any], needed: set[str]) -> Change:
    if product := _provider(body):
        kind = Kind.REQUIREMENT_ADDED if product in needed else Kind.REQUIREMENT_OF_ANOTHER_PRODUCT
        return Change(kind=kind, subject=name, details=(str(body["Default"]),))
    if "Default" in body:
        return Change(kind=Kind.PARAMETER_ADDED, subject=name, details=(f"default {body['Default'] or 'empty'}",))
    return Change(kind=Kind.PARAMETER_ADDED_WITHOUT_DEFAULT, subject=name)


def _changed(name: str, old: Mapping[str, Any], new: Mapping[str, Any], needed: set[str]) -> Iterator[Change]:
    if old["Type"] != new["Type"]:
        yield Change(kind=Kind.PARAMETER_RETYPED, subject=name, details=(f"{old['Type']} → {new['Type']}",))
    found: dict[Kind, list[str]] = {}
    for kind, detail in _admitted(old, new):
        found.setdefault(kind, []).append(detail)
    for kind, details in found.items():
        yield Change(kind=kind, subject=name, details=tuple(details))
    before, after = old.get("Default"), new.get("Default")
    if before == after:
        return
    if after is None:
        yield Change(kind=Kind.PARAMETER_DEFAULT_REMOVED, subject=name)
    elif before is None:
        yield Change(kind=Kind.PARAMETER_DEFAULT_ADDED, subject=name, details=(str(after),))
    else:
        product = _provider(new)
        is_further = product is not None and product not in needed
        kind = Kind.REQUIREMENT_OF_ANOTHER_PRODUCT if is_further else Kind.PARAMETER_DEFAULT_CHANGED
        yield Change(kind=kind, subject=name, details=(f"{before or 'empty'} → {after or 'empty'}",))


def _admitted(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[Kind, str]]:
    """How the values that a parameter admits differ."""
    before, after = ([str(value) for value in body.get("AllowedValues", ())] for body in (old, new))
    if before and after:
        if gone := [value for value in before if value not in after]:
            yield Kind.PARAMETER_NARROWED, f"no longer {', '.join(gone)}"
        if more := [value for value in after if value not in before]:
            yield Kind.PARAMETER_WIDENED, f"also {', '.join(more)}"
    elif after:
        yield Kind.PARAMETER_NARROWED, f"only {', '.join(after)}"
    elif before:
        refused = [value for value in before if not re.fullmatch(str(new.get("AllowedPattern", ".*")), value)]
        kind = Kind.PARAMETER_NARROWED if refused else Kind.PARAMETER_WIDENED
        yield kind, f"no longer {', '.join(refused)}" if refused else "also others"
    if not before:
        yield from _pattern(old.get("AllowedPattern"), new.get("AllowedPattern"))
    for key in (*_LOWER, *_UPPER):
        yield from _bound(key, old.get(key), new.get(key))


def _pattern(old: str | None, new: str | None) -> Iterator[tuple[Kind, str]]:
    if old == new:
        return
    if new is None:
        yield Kind.PARAMETER_WIDENED, f"any text instead of {old}"
    elif old is None:
        yield Kind.PARAMETER_NARROWED, f"only {new}"
    else:
        yield Kind.PARAMETER_MAY_BE_NARROWED, f"{old} → {new}"


def _bound(key: str, old: Any, new: Any) -> Iterator[tuple[Kind, str]]:
    if old == new:
        return
    told = f"{key}: {'none' if old is None else old} → {'none' if new is None else new}"
    if old is None or new is None:
        yield Kind.PARAMETER_NARROWED if old is None else Kind.PARAMETER_WIDENED, told
    else:
        is_narrower = float(new) > float(old) if key in _LOWER else float(new) < float(old)
        yield Kind.PARAMETER_NARROWED if is_narrower else Kind.PARAMETER_WIDENED, told


def _rules(old: Mapping[str, Any], reading: Reading) -> Iterator[Change]:
    new = reading.section("Rules")
    for name in sorted({*old, *new}):
        if name not in new:
            yield Change(kind=Kind.RULE_REMOVED, subject=name)
        elif name not in old:
            # A rule that only answers to a new question call up refuses nobody who has its default.
            if reading.applies(new[name], {}) is False:
                continue
            yield Change(kind=Kind.RULE_ADDED, subject=name, details=_texts(new[name]))
        else:
            before, after = _assertions(old[name]), _assertions(new[name])
            is_limited_alike = old[name].get("RuleCondition") == new[name].get("RuleCondition")
            if is_limited_alike and after < before:
                yield Change(kind=Kind.RULE_REMOVED, subject=name)
            elif not is_limited_alike or after != before:
                yield Change(kind=Kind.RULE_CHANGED, subject=name, details=_texts(new[name]))


def _assertions(rule: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(json.dumps(item["Assert"], sort_keys=True) for item in rule.get("Assertions", ()))


def _texts(rule: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(item["AssertDescription"] for item in rule.get("Assertions", ()) if "AssertDescription" in item)


def _provider(body: Mapping[str, Any]) -> str | None:
    """The product whose value a parameter reads, if it reads one: `/platform/<instance>/<product>/…`."""
    default = str(body.get("Default", ""))
    if body.get("Type", "").startswith(_REQUIRED) and default.startswith(f"{PREFIX}/"):
        return default.split("/")[3]
    return None
