"""The page `docs/sandbox-refusals.md`, written from the demands' own sources and from the cases that try them.

`python -m tests.sandbox.demands.page` writes it anew.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from factory.sandbox import demands
from tests.sandbox.demands.test_calls import CALLS
from tests.sandbox.demands.test_resources import CASES

PAGE = Path(__file__).parents[3] / "docs" / "sandbox-refusals.md"

_HEAD = """\
# What the sandbox refuses as AWS does

A template can keep its provider schema and still be refused when it is launched. The services of the emulator take most
of what the real ones refuse; here the sandbox asks for what they ask for. None of it was compared with the real
services: each row stands for a refusal that the documents named above it describe, or that users have published.

A resource of a stack fails with such a refusal, and its launch with it. What is asked when a resource is removed is
held by [`test_removal.py`](../tests/sandbox/stacks/test_removal.py), what CloudFormation asks of templates and requests
by the other tests [beside it](../tests/sandbox/stacks), and what Service Catalog asks by the tests of
[its operations](service-catalog-operations.md). The rows below are
[`test_resources.py`](../tests/sandbox/demands/test_resources.py) and
[`test_calls.py`](../tests/sandbox/demands/test_calls.py). What the sandbox takes although AWS would not is said in
[Kinder than AWS](sandbox.md#kinder-than-aws).
"""
_CALLS = """
## Calls without a stack

The same is asked of calls that set something up by themselves, as `factory bootstrap` makes them.

| Call | Refused | Error |
| --- | --- | --- |
"""


def page() -> str:
    """The page."""
    parts = [_HEAD]
    for module in _modules():
        text = re.sub(r"\s+", " ", module.__doc__ or "")
        about, _, sources = text.partition(" Source")
        heading = about.partition(":")[0]
        parts.append(
            f"\n## {heading}\n\n{_wrapped('Source' + sources.strip())}\n\n| Resource | Refused |\n| --- | --- |\n"
        )
        parts.extend(f"| {case.type} | {case.what} |\n" for case in CASES if case.type in module.DEMANDS)
    parts.append(_CALLS)
    for what, call in CALLS.items():
        operation = "".join(word.capitalize() for word in call.operation.split("_"))
        parts.append(f"| {call.service} {operation} | {what} | {call.code} |\n")
    return "".join(parts)


def _modules() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(demands.__path__, prefix=f"{demands.__name__}."):
        module = importlib.import_module(found.name)
        if hasattr(module, "DEMANDS"):
            yield module


def _wrapped(text: str) -> str:
    lines, line = [], ""
    for word in text.split():
        if line and len(line) + len(word) >= 120:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return "\n".join([*lines, line])


if __name__ == "__main__":
    PAGE.write_text(page())
