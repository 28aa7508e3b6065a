"""The evidence as an OSCAL component definition (NIST, "OSCAL Component Definition Model"): a component a product."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from factory.catalog.controls import Framework
from factory.gates.evidence.documents import meaning
from factory.gates.evidence.matrix import ControlEvidence
from factory.synthesis.artifact import Artifact

_VERSION = "1.1.3"
# Tools of the OSCAL Compass project read rules from properties of this namespace.
_RULES = "https://oscal-compass.github.io/compliance-trestle/schemas/oscal/cd"


def to_oscal(artifacts: Iterable[Artifact], matrix: Sequence[ControlEvidence], now: datetime) -> dict[str, Any]:
    """The component definition. Ids follow from what they name, so that only what changed differs between two runs."""
    components = [component for artifact in artifacts for component in _component(artifact, matrix)]
    document: dict[str, Any] = {
        "uuid": _uuid("component-definition", *(component["uuid"] for component in components)),
        "metadata": {
            "title": "Products of the catalog",
            "last-modified": now.isoformat(timespec="seconds"),
            "version": now.date().isoformat(),
            "oscal-version": _VERSION,
        },
    }
    if components:
        document["components"] = components
    return {"component-definition": document}


def _component(artifact: Artifact, matrix: Sequence[ControlEvidence]) -> Iterator[dict[str, Any]]:
    name = f"{artifact.product} {artifact.version}"
    shown = [item for item in matrix if any(kept.product == artifact.product for kept in item.kept)]
    if not shown:
        return
    rules = {rule.id: rule for item in shown for rule in item.rules}
    yield {
        "uuid": _uuid(name),
        "type": "service",
        "title": name,
        "description": artifact.description,
        "props": [
            {"name": "version", "value": artifact.version},
            *(
                {"name": field, "ns": _RULES, "value": text, "remarks": identifier}
                for identifier, rule in sorted(rules.items())
                for field, text in (("Rule_Id", identifier), ("Rule_Description", meaning(rule)))
            ),
        ],
        "control-implementations": [
            _implementation(name, artifact, framework, [item for item in shown if item.framework is framework])
            for framework in {item.framework.name: item.framework for item in shown}.values()
        ],
    }


def _implementation(
    name: str, artifact: Artifact, framework: Framework, items: Iterable[ControlEvidence]
) -> dict[str, Any]:
    return {
        "uuid": _uuid(name, framework.name),
        "source": framework.catalog_url or framework.source_url,
        "description": f"What the template of {name} is evidence of in {framework.title}",
        "implemented-requirements": [_requirement(name, artifact, item) for item in items],
    }


def _requirement(name: str, artifact: Artifact, item: ControlEvidence) -> dict[str, Any]:
    kept = [found for found in item.kept if found.product == artifact.product]
    meanings = {rule.id: meaning(rule) for rule in item.rules}
    lines = [f"{meanings[found.rule]} ({found.rule}: {', '.join(found.resources)})" for found in kept]
    body: dict[str, Any] = {
        "uuid": _uuid(name, item.framework.name, item.control.id),
        "control-id": _control_id(item),
        "description": "\n".join(lines),
        "props": [{"name": "Rule_Id", "ns": _RULES, "value": found.rule} for found in kept],
    }
    exceptions = [found for found in item.exceptions if found.product == artifact.product]
    if exceptions:
        body["remarks"] = "\n".join(
            f"Exception for {found.resource} from {found.exemption.rule}, until {found.exemption.review}: "
            f"{found.exemption.reason} ({found.exemption.owner})"
            for found in exceptions
        )
    return body


def _control_id(item: ControlEvidence) -> str:
    """The id as a token, which begins with a letter: SC-28(1) is sc-28.1 in NIST's own catalog."""
    text = re.sub(r"\((\d+)\)", r".\1", item.control.id).lower()
    return text if text[0].isalpha() else f"{item.framework.name}-{text}"


def _uuid(*names: str) -> str:
    # OSCAL takes versions 4 and 5 of RFC 4122.
    return str(uuid5(NAMESPACE_URL, "/".join(("product-factory", *names))))
