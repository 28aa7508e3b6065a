"""Values of Copilot's manifests as values of launch parameters.

What cannot be carried over raises ValueError, whose text says why.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_IS_SECRET = re.compile(r"arn:[a-z-]+:secretsmanager:")
_RANGE = re.compile(r"(\d+)-(\d+)")


def exact_seconds(duration: Any) -> float:
    """A duration such as `250ms`, `1m30s` or `2h` in seconds; a bare number is one of seconds."""
    text = str(duration)
    if text.isdecimal():
        return int(text)
    parts = _PART.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError(f"{text} is no duration such as 90s or 1m30s")
    return sum(float(number) * _MILLISECONDS[unit] for number, unit in parts) / 1000


def seconds(duration: Any) -> int:
    """A duration in whole seconds."""
    return round(exact_seconds(duration))


def yes(value: Any) -> str:
    """A truth value as the texts that a form has."""
    if not isinstance(value, bool):
        raise ValueError(f"{value} is neither true nor false")
    return str(value).lower()


def bounds(count: Any) -> tuple[int, int]:
    """The fewest and the most tasks: a fixed number, `{spot: n}`, or a `range`."""
    if isinstance(count, int):
        return count, count
    if not isinstance(count, Mapping):
        raise ValueError("it is neither a number nor a mapping")
    if "spot" in count:
        return int(count["spot"]), int(count["spot"])
    range_ = count.get("range")
    if isinstance(range_, Mapping):
        return int(range_["min"]), int(range_["max"])
    found = _RANGE.fullmatch(str(range_))
    if found is None:
        raise ValueError(f"{range_} is no range such as 1-10")
    return int(found[1]), int(found[2])


def target(value: Any) -> int:
    """What a metric is held at: the number itself, or the `value` beside a cooldown."""
    return int(value["value"] if isinstance(value, Mapping) else value)


def listed(value: Any) -> list[Any]:
    """One or several values as a list."""
    return list(value) if isinstance(value, list) else [value]


def secret(content: Any) -> tuple[str, str]:
    """The ARN of a secret, where it is known, and else what to look for."""
    if not isinstance(content, Mapping):
        named = str(content)
        return (named, "") if _IS_SECRET.match(named) else ("", f"a secret with the value of the SSM parameter {named}")
    if "secretsmanager" not in content:
        return "", f"a secret with the value of the export {content.get('from_cfn')}"
    named = str(content["secretsmanager"])
    return (named, "") if named.startswith("arn:") else ("", f"the secret {named}")
