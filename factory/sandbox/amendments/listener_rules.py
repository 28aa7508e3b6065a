"""Listener rules that share requests out among target groups, of which the emulator knows the first one alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from factory.sandbox.amendments.query import Call, Element, add, text

# What a target group weighs whose weight is not given.
# Source: Elastic Load Balancing API Reference, "TargetGroupTuple".
_WEIGHT = "1"


@dataclass(slots=True)
class ListenerRules:
    """How one account's and region's rules share requests out: target groups and weights, by rule and action."""

    shares: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    async def write(self, call: Call) -> Element:
        """CreateRule and ModifyRule; a rule that is changed without naming its actions keeps them."""
        shares = list(_shares(call))
        # Whoever asks for a target group alone names it like this; the emulator understands nothing else.
        named = {"Actions.member.1.TargetGroupArn": shares[0]["TargetGroupArn"]} if shares else {}
        answer = await replace(call, form={**call.form, **named}).pass_on()
        for rule in _rules(answer):
            if call.get("Actions.member.1.Type"):
                self.shares.pop(text(rule, "RuleArn"), None)
            if shares:
                self.shares[text(rule, "RuleArn")] = shares
            self._complete(rule)
        return answer

    async def describe(self, call: Call) -> Element:
        """DescribeRules."""
        answer = await call.pass_on()
        for rule in _rules(answer):
            self._complete(rule)
        return answer

    def _complete(self, rule: Element) -> None:
        shares = self.shares.get(text(rule, "RuleArn"))
        if not shares:
            return
        for action in rule.iterfind("{*}Actions/{*}member"):
            alone = action.find("{*}TargetGroupArn")
            # Elastic Load Balancing names a group beside its weight only where it is the only one.
            if alone is not None and len(shares) > 1:
                action.remove(alone)
            groups = add(add(action, "ForwardConfig"), "TargetGroups")
            for share in shares:
                add(groups, "member", **share)


def _rules(answer: Element) -> Iterator[Element]:
    yield from answer.iterfind(".//{*}Rules/{*}member")


def _shares(call: Call) -> Iterator[dict[str, str]]:
    number = 1
    while True:
        share = f"Actions.member.1.ForwardConfig.TargetGroups.member.{number}"
        group = call.get(f"{share}.TargetGroupArn")
        if group is None:
            return
        yield {"TargetGroupArn": group, "Weight": call.get(f"{share}.Weight") or _WEIGHT}
        number += 1
