"""Ids and ARNs in the formats that the real service gives out."""

from __future__ import annotations

import hashlib
import secrets

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_LENGTH = 13


def new(prefix: str) -> str:
    """An id never given out before: `port-`, `prod-`, `pa-` … and 13 lowercase alphanumerics."""
    return prefix + "-" + "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))


def derived(prefix: str, *parts: str) -> str:
    """An id that is always the same for the same parts."""
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return prefix + "-" + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:_LENGTH])


def catalog_arn(region: str, account: str, kind: str, identifier: str) -> str:
    """The ARN of a portfolio or product."""
    return f"arn:aws:catalog:{region}:{account}:{kind}/{identifier}"


def provisioned_product_arn(region: str, account: str, name: str, identifier: str) -> str:
    """The ARN of a provisioned product that is a stack."""
    return f"arn:aws:servicecatalog:{region}:{account}:stack/{name}/{identifier}"
