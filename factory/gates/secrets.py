"""What looks like a secret, and where secrets must not stand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from factory.gates.unknowns import Given, Opaque, is_known
from factory.gates.worlds import World

_WORDS = frozenset(
    {
        "APIKEY",
        "AUTHKEY",
        "CREDENTIAL",
        "CREDENTIALS",
        "PASSPHRASE",
        "PASSWD",
        "PASSWORD",
        "PASSWORDS",
        "PRIVATEKEY",
        "PWD",
        "SECRET",
        "SECRETS",
        "TOKEN",
    }
)
_PAIRS = ("ACCESS_KEY", "API_KEY", "AUTH_KEY", "ENCRYPTION_KEY", "PRIVATE_KEY", "SECRET_KEY", "SIGNING_KEY")
# Endings of names of what leads to a secret, or says something about it.
_ABOUT = frozenset(
    {
        *("ALGORITHM", "ARN", "ARNS", "COUNT", "DAYS", "ENDPOINT", "EXPIRY", "FILE", "HEADER", "ID", "KIND", "LENGTH"),
        *("LIFETIME", "MINUTES", "NAME", "PATH", "POLICY", "PREFIX", "REGION", "SECONDS", "TTL", "TYPE", "URI", "URL"),
        *("USE", "VERSION"),
    }
)
_KEY_ID = "ACCESS_KEY_ID"
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+")
_DYNAMIC = re.compile(r"\{\{resolve:(secretsmanager|ssm-secure):")

NAMES = (
    "PASSWORD",
    "DB_PASSWORD",
    "API_KEY",
    "API_TOKEN",
    "CLIENT_SECRET",
    "AWS_ACCESS_KEY_ID",
    "password",
    "authToken",
)
"""Examples of names that secrets have."""
_VALUES = ("hunter2", "Tr0ub4dor&3", "9f86d081884c7d659a2feaa0c55ad015", "correct horse battery staple")

VARIABLES: Mapping[str, tuple[str, ...]] = {
    "AWS::Amplify::App": ("EnvironmentVariables.*",),
    "AWS::ApiGateway::Stage": ("Variables",),
    "AWS::ApiGatewayV2::Stage": ("StageVariables",),
    "AWS::AppRunner::Service": (
        "SourceConfiguration.CodeRepository.CodeConfiguration.CodeConfigurationValues.RuntimeEnvironmentVariables.*",
        "SourceConfiguration.ImageRepository.ImageConfiguration.RuntimeEnvironmentVariables.*",
    ),
    "AWS::Batch::JobDefinition": (
        "ContainerProperties.Environment.*",
        "EcsProperties.TaskProperties.*.Containers.*.Environment.*",
    ),
    "AWS::CodeBuild::Project": ("Environment.EnvironmentVariables.*",),
    "AWS::CodePipeline::Pipeline": ("Stages.*.Actions.*.Configuration",),
    "AWS::ECS::TaskDefinition": ("ContainerDefinitions.*.Environment.*",),
    "AWS::ElasticBeanstalk::Environment": ("OptionSettings.*",),
    "AWS::Glue::Job": ("DefaultArguments",),
    "AWS::Lambda::Function": ("Environment.Variables",),
    "AWS::SageMaker::Model": ("Containers.*.Environment", "PrimaryContainer.Environment"),
}
"""By resource type, the paths of environment variables and the like: entries of a list, or a map of them."""


def is_secret_name(name: str) -> bool:
    """Whether what has this name, in any way of writing, is a secret itself and no reference to one."""
    words = [word.upper().rstrip("0123456789") for word in _HUMPS.split(name) if word]
    joined = "_".join(words)
    if joined.endswith(_KEY_ID):
        return True
    return (
        bool(words) and words[-1] not in _ABOUT and (not _WORDS.isdisjoint(words) or any(p in joined for p in _PAIRS))
    )


def may_name_secret(name: Any) -> bool:
    """Whether a name, perhaps one that whoever launches gives, may be that of a secret."""
    if isinstance(name, Given):
        # Of a piece, the pattern speaks of the whole, which is a name or NAME=value.
        whole = Given(parameter=name.parameter, pattern=name.pattern, of_contract=name.of_contract)
        return any(whole.admits(example) or whole.admits(f"{example}=x") for example in NAMES)
    return isinstance(name, str) and is_secret_name(name)


def may_hold_secret(given: Given) -> bool:
    """Whether a launch may give a parameter a secret: whether its pattern lets more through than, say, ARNs."""
    return not given.of_contract and any(given.admits(value) for value in _VALUES)


def is_reference(value: Any) -> bool:
    """Whether a text only says from where CloudFormation takes a secret (a dynamic reference)."""
    return isinstance(value, str) and _DYNAMIC.search(value) is not None


def is_plain(value: Any, world: World) -> bool:
    """Whether a value is there for everybody to read who may read the template or its parameters."""
    if value in (None, "") or isinstance(value, Opaque) or is_reference(value):
        return False
    if isinstance(value, str) and is_known(value):
        return True
    return any(not isinstance(item, Given) or may_hold_secret(item) for item in world.unknowns(value))
