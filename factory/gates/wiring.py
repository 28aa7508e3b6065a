"""Whether every value that a product requires is provided by some product of the catalog, with the same type."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from factory.authoring.product import ASSET_BUCKET
from factory.gates.finding import Finding, Severity
from factory.synthesis.artifact import Artifact


def check(artifacts: Iterable[Artifact]) -> list[Finding]:
    """A finding for every contract value, required or looked for, that nobody provides, or not with that type."""
    known = list(artifacts)
    # Setting up an account provides the asset bucket; every other value comes from a product.
    provided = {(value.product, value.name): value for artifact in known for value in artifact.provides}
    provided[ASSET_BUCKET.product, ASSET_BUCKET.name] = ASSET_BUCKET
    findings = []
    for artifact in known:
        places = [(parameter, f"Parameters/{parameter}", value) for parameter, value in artifact.requires]
        found_later = sorted(artifact.finds, key=lambda value: (value.product, value.name))
        places += [(value.name, "Resources", value) for value in found_later]
        for place, path, value in places:
            found = provided.get((value.product, value.name))
            if found is None:
                names = [f"{product}/{name}" for product, name in provided]
                near = get_close_matches(f"{value.product}/{value.name}", names, n=1)
                hint = f"Did you mean {near[0]}?" if near else f"Let product {value.product} provide it."
                message = f"no product provides {value.product}/{value.name}"
            elif found != value:
                message = (
                    f"{value.product}/{value.name} is provided as {found.kind.value}, required as {value.kind.value}"
                )
                hint = "Declare the contract value once and use that declaration on both sides."
            else:
                continue
            findings.append(
                Finding(
                    product=artifact.product,
                    resource=place,
                    path=path,
                    rule="wiring",
                    severity=Severity.ERROR,
                    message=message,
                    why="A launch reads the value from SSM and is refused where nobody has written it.",
                    mend=hint,
                )
            )
    return findings
