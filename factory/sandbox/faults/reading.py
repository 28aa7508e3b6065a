"""From a YAML or JSON document to settings; everything that is wrong with it is said at once."""

from __future__ import annotations

import json
from collections.abc import Mapping as Pairs
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from factory.catalog.manifest.document import Items, Mapping, Node, Scalar, read
from factory.catalog.manifest.fields import Field, Form, at_most
from factory.catalog.nearest import suggestion
from factory.errors import ManifestError, Problem
from factory.sandbox.faults.lag import WRITES
from factory.sandbox.faults.services import Services
from factory.sandbox.faults.settings import ANY, CallFault, Kind, Occasion, ResourceFault, Settings, Step

_COUNT = Form(r"[1-9]\d{0,8}", "a whole number from 1 on")
_SEED = Form(r"\d{1,18}", "a whole number")
_SECONDS = Form(r"\d{1,5}(\.\d+)?", "a number of seconds")
_PROBABILITY = Form(r"0?\.\d*[1-9]\d*|1(\.0*)?", "a probability above 0 and up to 1")
_ACCOUNT = Form(r"\d{12}", "an account id of 12 digits; write it in quotes")
_CATALOG = "servicecatalog"
_CUSTOM = "Custom::"
_STATUSES = ("500", "503")
_OCCASION = ("probability", "nth", "times")
# How long a client waits for an answer unless told otherwise is a minute; this is longer.
_HANG_SECONDS = 300.0

# Which of the settings that are not for every kind a kind has.
_ALLOWED: Pairs[Kind, frozenset[str]] = {
    Kind.THROTTLE: frozenset(),
    Kind.SERVER_ERROR: frozenset({"status"}),
    Kind.TIMEOUT_BEFORE: frozenset({"seconds"}),
    Kind.TIMEOUT_AFTER: frozenset({"seconds"}),
    Kind.DROP_BEFORE: frozenset(),
    Kind.DROP_AFTER: frozenset(),
    Kind.DELAY: frozenset({"seconds"}),
    Kind.READ_LAG: frozenset({"seconds", "reads"}),
}


def read_file(path: Path, services: Services | None = None) -> Settings:
    """The settings in a YAML or JSON file. Raises ManifestError."""
    node, problems = read(path, path.name)
    if problems:
        raise ManifestError(problems)
    return _settings(node, path.name, services or Services())


def read_data(document: Any, services: Services | None = None) -> Settings:
    """The settings in a document that was JSON. Raises ManifestError."""
    return _settings(_node(document), "faults", services or Services())


def _settings(node: Node | None, file: str, services: Services) -> Settings:
    problems: list[Problem] = []
    root = Field(file=file, label="", line=1, node=node, problems=problems).section("seed", "faults", "resources")
    settings = Settings(
        seed=int(root["seed"].text("0", _SEED)),
        calls=tuple(_call(item, services) for item in root["faults"].items()),
        resources=tuple(_resource(item) for item in root["resources"].items()),
    )
    if problems:
        raise ManifestError(problems)
    return settings


def _call(item: Field, services: Services) -> CallFault:
    fields = item.section(
        "operation", "account", "seconds", "reads", "status", *_OCCASION, required=("service", "kind")
    )
    kind = Kind(fields["kind"].one_of([kind.value for kind in Kind], Kind.THROTTLE.value))
    for name in ("seconds", "reads", "status"):
        if fields[name] and fields["kind"] and name not in _ALLOWED[kind]:
            fields[name].problem(f"is not for {kind}")
    service = fields["service"].one_of([ANY, *services.names()], ANY)
    operation = _operation(fields["operation"], service, services)
    if kind is Kind.READ_LAG:
        if service == _CATALOG and not any(fnmatchcase(write, operation) for write in WRITES):
            fields["operation"].problem("makes nothing whose reads could lag")
        if fields["service"] and service != _CATALOG:
            fields["service"].problem("must be servicecatalog: its reads alone can lag")
        if bool(fields["seconds"]) == bool(fields["reads"]):
            fields["kind"].problem("needs either seconds or reads")
    if kind is Kind.DELAY and not fields["seconds"]:
        fields["kind"].problem("needs seconds")
    seconds = _seconds(fields["seconds"])
    return CallFault(
        service=service,
        operation=operation,
        kind=kind,
        account=fields["account"].text("", _ACCOUNT) or None,
        seconds=_HANG_SECONDS if seconds is None and kind in (Kind.TIMEOUT_BEFORE, Kind.TIMEOUT_AFTER) else seconds,
        reads=_count(fields["reads"]),
        status=int(fields["status"].one_of(_STATUSES, "503")) if kind is Kind.SERVER_ERROR else None,
        occasion=_occasion(fields),
    )


def _operation(field: Field, service: str, services: Services) -> str:
    name = field.text(ANY)
    if name == ANY:
        return ANY
    if service == ANY:
        field.problem("needs a service: which one has it is not said")
        return ANY
    known = services.operations(service)
    fits = any(item.startswith(name[:-1]) for item in known) if name.endswith(ANY) else name in known
    if not fits:
        field.problem(f"{name!r} is unknown in {service}; {suggestion(name.rstrip(ANY), known)}")
        return ANY
    return name


def _resource(item: Field) -> ResourceFault:
    fields = item.section("logical-id", "step", "account", "reason", "seconds", *_OCCASION, required=("type",))
    if item.is_mapping and not fields["reason"] and not fields["seconds"]:
        item.problem("needs a reason to fail with, or seconds to take")
    return ResourceFault(
        type=_type(fields["type"]),
        logical_id=fields["logical-id"].text("", at_most(255)) or None,
        step=Step(fields["step"].one_of([step.value for step in Step], Step.CREATE.value)),
        account=fields["account"].text("", _ACCOUNT) or None,
        reason=fields["reason"].text("", at_most(1000)) or None,
        seconds=_seconds(fields["seconds"]),
        occasion=_occasion(fields),
    )


def _type(field: Field) -> str:
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER

    name = field.text(ANY)
    if name == ANY or name.startswith(_CUSTOM):
        return name
    # The region with the most types; which of them an account's region has is the templates' matter.
    return field.one_of(PROVIDER_SCHEMA_MANAGER.get_resource_types("us-east-1"), ANY)


def _occasion(fields: Pairs[str, Field]) -> Occasion:
    if fields["probability"] and fields["nth"]:
        fields["nth"].problem("does not go with probability")
    # Naming the one that is hit means that one.
    times = _count(fields["times"]) or (1 if fields["nth"] else None)
    return Occasion(
        probability=float(fields["probability"].text("1", _PROBABILITY)),
        nth=_count(fields["nth"]) or 1,
        times=times,
    )


def _count(field: Field) -> int | None:
    text = field.text("", _COUNT)
    return int(text) if text else None


def _seconds(field: Field) -> float | None:
    text = field.text("", _SECONDS)
    return float(text) if text else None


def _node(data: Any) -> Node:
    """Plain data in the form that the reader of files gives, without lines to point at."""
    match data:
        case dict():
            return Mapping(
                line=1, entries=tuple((Scalar(line=1, text=str(key), type="str"), _node(data[key])) for key in data)
            )
        case list():
            return Items(line=1, items=tuple(_node(item) for item in data))
        case str():
            return Scalar(line=1, text=data, type="str")
        case None:
            return Scalar(line=1, text="", type="null")
        case _:
            return Scalar(line=1, text=json.dumps(data), type=type(data).__name__)
