"""AWS Systems Manager parameters and AWS Secrets Manager secrets: names and values.

Sources: AWS Systems Manager API Reference, PutParameter; AWS Systems Manager User Guide, "Creating Parameter Store
parameters"; AWS Secrets Manager API Reference, CreateSecret and GetRandomPassword.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from factory.sandbox.emulator import Resource
from factory.sandbox.stacks.account import Account
from factory.sandbox.types.refusal import RefusedError

_NAME = re.compile(r"[a-zA-Z0-9_.\-/]+")
_MAX_LEVELS = 15
_MAX_BYTES = {"Advanced": 8192}
_MAX_STANDARD_BYTES = 4096
_SECRET = re.compile(r"[\w/+=.@-]{1,512}", re.ASCII)
_MAX_PASSWORD = 4096


def _parameter(resource: Resource, _account: Account) -> None:
    check_parameter(resource.properties)


def check_parameter(properties: Mapping[str, Any]) -> None:
    """Raise RefusedError for what no parameter can be; the API names its settings as CloudFormation does."""
    name, value = str(properties.get("Name", "a")), str(properties.get("Value", ""))
    if not _NAME.fullmatch(name):
        raise _invalid("Parameter name: can be formed as a mix of letters, numbers and the following 3 symbols .-_")
    if "/" in name and not name.startswith("/"):
        raise _invalid("Parameter name must be a fully qualified name.")
    if name.count("/") > _MAX_LEVELS:
        raise RefusedError(
            f"Hierarchy exceeds the maximum number of levels: {_MAX_LEVELS}.",
            code="HierarchyLevelLimitExceededException",
        )
    if not value:
        raise _invalid(
            "Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1."
        )
    most = _MAX_BYTES.get(str(properties.get("Tier")), _MAX_STANDARD_BYTES)
    if len(value.encode()) > most and properties.get("Tier") != "Intelligent-Tiering":
        raise _invalid(
            f"Standard tier parameters support a maximum parameter value of {most} characters. To create a larger "
            "parameter value, upgrade the parameter to use the advanced-parameter tier."
        )
    if re.search(r"\{\{.*\}\}", value):
        raise _invalid(f"Parameter value: ({value}) can't nest another parameter.")
    pattern = properties.get("AllowedPattern")
    if pattern and not re.search(str(pattern), value):
        raise RefusedError(
            f"Parameter value, cannot be validated against allowedPattern: {pattern}", code="ParameterPatternMismatch"
        )


def _secret(resource: Resource, _account: Account) -> None:
    properties = resource.properties
    if "Name" in properties and not _SECRET.fullmatch(str(properties["Name"])):
        raise _invalid(
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!"
        )
    generated = properties.get("GenerateSecretString")
    if generated is not None and "SecretString" in properties:
        raise _invalid("You can't specify both SecretString and GenerateSecretString.")
    if int((generated or {}).get("PasswordLength", 32)) > _MAX_PASSWORD:
        raise _invalid(f"Password length exceeds the maximum of {_MAX_PASSWORD} characters.")


def _invalid(message: str) -> RefusedError:
    return RefusedError(message, code="ValidationException")


DEMANDS = {"AWS::SSM::Parameter": _parameter, "AWS::SecretsManager::Secret": _secret}
