"""House rule: secrets are no environment variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from factory.gates import house, secrets
from factory.gates.controls import NO_PLAIN_SECRETS
from factory.gates.resources import Resource

# Of CodeBuild, the kinds of variables that only refer to a secret.
_REFERRING = {"PARAMETER_STORE", "SECRETS_MANAGER"}


class PlainSecrets(house.PartRule):
    """No environment variable, stage variable or setting of an action holds a secret."""

    id = "E9601"
    shortdesc = "No secrets in environment variables"
    description = (
        "Environment variables are shown in the console, in every description of the resource and in crash reports, "
        "to everybody who may look."
    )
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html"
    mend = (
        "Keep the secret in Secrets Manager and hand over its ARN: Secrets of a container definition, "
        "Type=SECRETS_MANAGER in CodeBuild, a name that ends in _ARN elsewhere. A variable that is asked for has a "
        "pattern that refuses such names."
    )
    controls = NO_PLAIN_SECRETS
    parts = secrets.VARIABLES

    def check_part(self, resource: Resource, part: Any, path: str) -> Iterator[house.Problem]:
        """Look at one variable, or at each of a map."""
        if not isinstance(part, Mapping):
            return
        pairs = [(_name(part), part)] if path.endswith("*") else [(name, {"Value": part[name]}) for name in part]
        for name, entry in pairs:
            if entry.get("Type") in _REFERRING or not secrets.may_name_secret(name):
                continue
            if secrets.is_plain(entry.get("Value"), resource.world):
                yield house.Problem(message=f"variable {name} may hold a secret for everybody to read")


def _name(entry: Mapping[str, Any]) -> Any:
    return entry.get("Name", entry.get("OptionName"))
