"""What every house rule is: a cfn-lint rule that is asked in each way in which a template can be launched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template

from factory.gates.branches import Branches, Part, TooManyBranchesError
from factory.gates.resources import Resource
from factory.gates.worlds import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What breaks a rule, and at which property: names joined by dots, empty for the whole."""

    message: str
    at: str = ""


class HouseRule(CloudFormationLintRule):  # type: ignore[misc]
    """Base of the house rules. A rule's docstring is its meaning in one sentence.

    A rule sets `types` and writes `check` as if a template had no branches: it is called for every world that its
    questions tell apart, and what it yields in a world that the template's rules admit is a finding. A rule about
    something else than resources writes `problems`.
    """

    id: ClassVar[str]
    shortdesc: ClassVar[str]
    """What the rule is about, in a few words."""
    description: ClassVar[str]
    """Why it matters: what happens where it is broken."""
    mend: ClassVar[str]
    """How to mend a finding."""
    source_url: ClassVar[str]
    types: ClassVar[frozenset[str]] = frozenset()
    """The resource types that it looks at."""
    controls: ClassVar[tuple[str, ...]]
    """The controls that a resource which keeps the rule is evidence of, as `framework/control`."""
    asked_by: ClassVar[frozenset[str]] = frozenset()
    """The frameworks that a portfolio has to ask for before the rule counts; none for a rule that always does."""
    tags = ("house",)

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Answer cfn-lint, which sees a product without the portfolios that offer it."""
        return [] if self.asked_by else list(self.problems(cfn.template))

    def problems(self, template: Mapping[str, Any]) -> Iterator[RuleMatch]:
        """What is wrong with a template."""
        branches = Branches(template)
        for name, body in template.get("Resources", {}).items():
            if self.concerns(body):
                yield from self.resource_problems(branches, name, body)

    def concerns(self, body: Mapping[str, Any]) -> bool:
        """Whether the rule looks at a resource."""
        return body.get("Type") in self.types

    def subjects(self, template: Mapping[str, Any]) -> list[str]:
        """What the rule looks at: logical names of resources, or `template` for a rule about the whole."""
        return [name for name, body in template.get("Resources", {}).items() if self.concerns(body)]

    def check(self, resource: Resource) -> Iterator[Problem]:
        """What is wrong with a resource in its world."""
        raise NotImplementedError

    def resource_problems(self, branches: Branches, name: str, body: Mapping[str, Any]) -> Iterator[RuleMatch]:
        """What is wrong with one of the resources that the rule looks at."""

        def ask(world: World) -> list[Problem]:
            return list(self.check(Resource(name=name, body=body, world=world)))

        yield from found(branches, Part(node=body, path=("Resources", name)), body, ask)


class PartRule(HouseRule):
    """Base of the rules that look at pieces of a resource, such as the containers of a task, each for itself.

    Pieces under conditions are looked at where their conditions hold. Deciding them one by one keeps a resource with
    many optional pieces from being looked at in all their combinations.
    """

    parts: ClassVar[Mapping[str, tuple[str, ...]]]
    """By resource type, the paths of the pieces: keys joined by dots, `*` for every element of a list."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "parts" in cls.__dict__:
            cls.types = frozenset(cls.parts)

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[Problem]:
        """What is wrong with a piece, whose functions are worked out, in its world; `path` is one of `parts`."""
        raise NotImplementedError

    def resource_problems(self, branches: Branches, name: str, body: Mapping[str, Any]) -> Iterator[RuleMatch]:
        """What is wrong with the pieces of a resource."""
        for path in self.parts[body["Type"]]:
            for part in branches.parts(name, path):

                def ask(world: World, node: Any = part.node, path: str = path) -> list[Problem]:
                    return list(self._part_problems(Resource(name=name, body=body, world=world), node, path))

                yield from found(branches, part, body, ask)

    def _part_problems(self, resource: Resource, node: Any, path: str) -> Iterator[Problem]:
        if (value := resource.world.value(node)) is not None:
            yield from self.check_part(resource, value, path)


class PieceRule(PartRule):
    """Base of the rules that look at pieces too big to be worked out whole, and so read single properties of them."""

    def check_piece(self, piece: Resource) -> Iterator[Problem]:
        """What is wrong with a piece in its world: a resource of the same name, with the properties of the piece."""
        raise NotImplementedError

    def _part_problems(self, resource: Resource, node: Any, path: str) -> Iterator[Problem]:  # noqa: ARG002 - of parts
        body = {"Type": resource.type, "Properties": node}
        yield from self.check_piece(Resource(name=resource.name, body=body, world=resource.world))


def found(
    branches: Branches, part: Part, body: Mapping[str, Any], ask: Callable[[World], list[Problem]]
) -> Iterator[RuleMatch]:
    """The problems in any possible world, each once, with the first world that shows it."""
    conditions = [*([(body["Condition"], True)] if "Condition" in body else []), *part.conditions]
    told: set[Problem] = set()
    try:
        for world, problems in branches.explore(ask, conditions=conditions):
            new = dict.fromkeys(problem for problem in problems if problem not in told)
            if new and branches.is_possible(world):
                told.update(new)
                when = f" when {world}" if world.choices else ""
                yield from (RuleMatch(_place(part, problem.at), problem.message + when) for problem in new)
    except TooManyBranchesError as error:
        yield RuleMatch(list(part.path), f"{body['Type']} can't be decided: {error}")


def _place(part: Part, at: str) -> list[str | int]:
    """The longest existing path towards a property, so that the finding has a line."""
    node, path = part.node, list(part.path)
    keys = at.split(".") if at else []
    if keys and len(path) == 2:
        keys = ["Properties", *keys]
    for key in keys:
        if not isinstance(node, Mapping) or key not in node:
            break
        node = node[key]
        path.append(key)
    return path
