"""The values that products hand to each other, as they stand in an account's SSM parameters."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from botocore.exceptions import ClientError

from factory.authoring.contract import PREFIX
from factory.aws.errors import code_of

# GetParameters, API reference.
_PER_CALL = 10


def read_values(ssm: Any, names: Collection[str]) -> dict[str, str] | None:
    """The value of each of these SSM parameters that exists; none at all for a user who may not read them."""
    wanted = sorted(set(names))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), _PER_CALL):
        try:
            answer = ssm.get_parameters(Names=wanted[start : start + _PER_CALL])
        except ClientError as error:
            if code_of(error) != "AccessDeniedException":
                raise
            return None
        found |= {item["Name"]: item["Value"] for item in answer["Parameters"]}
    return found


def provider(name: str) -> str | None:
    """The product that provides an SSM parameter, where its name is a contract path."""
    parts = name.split("/")
    return parts[3] if name.startswith(f"{PREFIX}/") and len(parts) > 4 else None
