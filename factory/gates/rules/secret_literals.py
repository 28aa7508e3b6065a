"""House rule: nothing in a template looks like a secret."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from cfnlint.rules import RuleMatch

from factory.gates import house

SHAPES: Mapping[str, str] = {
    "an AWS access key": r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b",
    "an AWS secret key": r"(?i)aws.{0,20}secret.{0,20}[\"'=:\s][A-Za-z0-9/+]{40}\b",
    "a private key": r"-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY",
    "a token of GitHub": r"\b(?:gh[pousr]_[0-9A-Za-z]{36}|github_pat_\w{60,})",
    "a token of GitLab": r"\bglpat-[\w-]{20}",
    "a token of Slack": r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}|hooks\.slack\.com/services/T\w+/B\w+/\w+",
    "a key of Stripe": r"\b[rs]k_(?:live|test)_[0-9A-Za-z]{10,}",
    "a key of Google": r"\bAIza[\w-]{35}\b",
    "a token of npm": r"\bnpm_[0-9A-Za-z]{36}\b",
    "a JSON web token": r"\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.",
    "a password in an address": r"[a-z][a-z0-9+.-]*://[^\s:/@]+:[^\s:/@${}]{3,}@",
}
"""What secrets look like (the default configuration of gitleaks)."""

_SHAPES = {name: re.compile(pattern) for name, pattern in SHAPES.items()}
_BASE64 = re.compile(r"(?=.*[a-z])(?=.*[A-Z])(?=.*\d)[A-Za-z0-9+/]{32,}={0,2}")
# Bits a character of base64 text above which it is no word (the limit of detect-secrets).
_RANDOM = 4.5


class SecretLiterals(house.HouseRule):
    """Nothing in a template looks like a key, a token or a password."""

    id = "E9602"
    shortdesc = "No secrets in templates"
    description = (
        "A template is kept for ever, in buckets, histories and accounts: a secret in it is known to all of them, and "
        "can't be taken back."
    )
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"
    mend = "Revoke it, put a new one into Secrets Manager, and refer to that: {{resolve:secretsmanager:…}} or its ARN."
    controls = ("nist-800-53/IA-5(7)", "nist-800-53/SC-12", "soc2/CC6.1", "pci-dss/8.6.2", "gdpr/32")

    def subjects(self, template: Mapping[str, Any]) -> list[str]:  # noqa: ARG002 - it is about the whole
        """The template itself."""
        return ["template"]

    def problems(self, template: Mapping[str, Any]) -> Iterator[RuleMatch]:
        """Look at every text, and at those that are put together of texts."""
        for path, text in _texts(template, []):
            for name, shape in _SHAPES.items():
                if shape.search(text):
                    yield RuleMatch(path, f"this looks like {name}")
            if _BASE64.fullmatch(text) and _entropy(text) > _RANDOM:
                yield RuleMatch(path, "this looks like a key: nobody would make up so random a text")


def _texts(node: Any, path: list[str | int]) -> Iterator[tuple[list[str | int], str]]:
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, Mapping):
        joined = node.get("Fn::Join")
        if isinstance(joined, list) and len(joined) == 2 and isinstance(joined[1], list):
            # What is not known stands apart, so that a secret must be whole on one side of it.
            pieces = [item if isinstance(item, str) else "\n" for item in joined[1]]
            yield path, str(joined[0]).join(pieces)
        for key, value in node.items():
            yield from _texts(value, [*path, key])
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from _texts(value, [*path, index])


def _entropy(text: str) -> float:
    """Shannon's, in bits a character."""
    shares = [count / len(text) for count in Counter(text).values()]
    return -sum(share * math.log2(share) for share in shares)
