"""Policies made wider, one statement at a time, plainly and in disguise."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.gates.mutations.mutation import Mutation, Template, properties, switchable

_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def mutations(template: Template) -> Iterator[Mutation]:
    """Every statement with a wider action, resource, principal or without its conditions."""
    for name, body in template["Resources"].items():
        for path, document in _documents(body.get("Properties", {}), ()):
            for place, statement in _statements(document):
                if statement["Effect"] == "Allow":
                    yield from _statement(name, (*path, *place), statement)
            yield from _disguises(name, path, document)


def _documents(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    if isinstance(node, dict):
        if isinstance(node.get("Statement"), list) and all(isinstance(item, dict) for item in node["Statement"]):
            yield path, node
            return
        for key, value in node.items():
            yield from _documents(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _documents(value, (*path, index))


def _statements(document: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    """Every statement with its path, those that are there on one branch only among them."""
    for index, item in enumerate(document["Statement"]):
        yield from _on_branches(("Statement", index), item)


def _on_branches(place: tuple[Any, ...], item: dict[str, Any]) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
    if "Fn::If" in item:
        for branch in (1, 2):
            yield from _on_branches((*place, "Fn::If", branch), item["Fn::If"][branch])
    elif "Effect" in item:
        yield place, item


def _statement(name: str, path: tuple[Any, ...], statement: dict[str, Any]) -> Iterator[Mutation]:
    action = statement["Action"][0] if isinstance(statement["Action"], list) else statement["Action"]
    service = action.partition(":")[0]
    wide: list[tuple[str, dict[str, Any]]] = [
        ("all actions", {"Action": "*"}),
        ("all actions of a service", {"Action": [f"{service}:*"]}),
        ("a wildcard put together", {"Action": {"Fn::Join": ["", [f"{service}:", "*"]]}}),
        ("a wildcard by substitution", {"Action": {"Fn::Sub": [f"{service}:${{What}}", {"What": "*"}]}}),
        ("all actions but one", {"NotAction": [action]}),
    ]
    if "Principal" in statement and (statement["Principal"] != "*" or "Condition" in statement):
        wide.append(("everybody", {"Principal": "*", "Condition": None}))
        wide.append(("everybody with an account", {"Principal": {"AWS": "*"}, "Condition": None}))
        if "Condition" in statement and "Service" in statement["Principal"]:
            wide.append(("a service that anybody may send", {"Condition": None}))
    if action.endswith(":*"):
        # Written otherwise, what it allows already would be the same.
        same = {"all actions of a service", "a wildcard put together", "a wildcard by substitution"}
        wide = [(kind, change) for kind, change in wide if kind not in same]
    for kind, change in wide:

        def widen(template: Template, change: dict[str, Any] = change) -> None:
            found = _at(properties(template, name), path)
            if "NotAction" in change:
                del found["Action"]
            found.update(change)
            for key in [key for key, value in found.items() if value is None]:
                del found[key]

        yield Mutation(kind=f"a policy with {kind}", resource=name, change=widen)


def _disguises(name: str, path: tuple[Any, ...], document: dict[str, Any]) -> Iterator[Mutation]:
    def add(template: Template) -> None:
        _at(properties(template, name), path)["Statement"].append({**_EVERYTHING, **_principal(document)})

    def on_a_branch(template: Template) -> None:
        more = switchable(template, {"Ref": "AWS::NoValue"}, {**_EVERYTHING, **_principal(document)})
        _at(properties(template, name), path)["Statement"].append(more)

    def as_text(template: Template) -> None:
        holder = _at(properties(template, name), path[:-1])
        holder[path[-1]] = json.dumps({"Statement": [{**_EVERYTHING, **_principal(document)}]})

    yield Mutation(kind="a statement that allows everything", resource=name, change=add)
    yield Mutation(kind="a statement that allows everything, on one branch", resource=name, change=on_a_branch)
    yield Mutation(kind="a policy as text that allows everything", resource=name, change=as_text)


def _principal(document: dict[str, Any]) -> dict[str, Any]:
    return {"Principal": "*"} if any("Principal" in item for _, item in _statements(document)) else {}


def _at(holder: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        holder = holder[key]
    return holder
