"""Names and ids that CloudFormation or a service would generate."""

from __future__ import annotations

import secrets

from factory.sandbox.types.plugin import Request


def generated_name(request: Request, *, longest: int = 255) -> str:
    """Give `stack-logicalId-RANDOM`, cut in front of the random part to fit `longest` characters.

    Source: AWS CloudFormation User Guide, "Name type".
    """
    random = secrets.token_hex(6).upper()
    return f"{request.stack_name}-{request.logical_id}"[: longest - len(random) - 1] + f"-{random}"


def generated_id(prefix: str) -> str:
    """Give an id as EC2 makes them: the prefix and 17 hexadecimal digits (`vpc-cidr-assoc-0a1b…`)."""
    return f"{prefix}-{secrets.token_hex(9)[:17]}"
