"""The page `docs/service-catalog-operations.md`, written from the service model and from the tests themselves.

`python -m tests.sandbox.servicecatalog.operations_table` writes it anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from botocore import xform_name

from tests.sandbox.servicecatalog.service_model import (
    LEFT_OUT,
    SERVICE,
    SUPPORTED,
    is_paged,
    names_a_thing,
    page_cap,
    token_member,
)

PAGE = Path(__file__).parents[3] / "docs" / "service-catalog-operations.md"

_TESTS = Path(__file__).parent
# What runs over every operation by the model says nothing about the behaviour of one.
_GENERAL = {
    "conftest.py",
    "operations_table.py",
    "service_model.py",
    "test_conformance.py",
    "test_listings.py",
    "test_tokens.py",
}

_HEAD = """\
# Operations of the sandbox's Service Catalog

The sandbox answers {supported} of the {all} operations that the AWS SDK's model of Service Catalog describes. An
operation that is left out is answered as one that does not exist: `UnknownOperationException`, HTTP status 400.

None of this was compared with the real service. Where its documentation is silent, the docstring of the operation
says which answer was chosen.

How each operation is tested:

- **input** – every required member is missed, every limit of a text and every wrong type is refused, and only
  errors that the model lists for the operation are answered.
- **unknown id** – an id that names nothing is refused with a modelled error.
- **pages of n** – the page cap is kept, and pages of one are together the whole listing.
- **token** – a repeated request with the same idempotency token changes nothing and is answered as the first one
  was; with other parameters it is refused.
- **behaviour** – the tests under `tests/sandbox/servicecatalog/` that call the operation over HTTP with boto3.

| Operation | Supported | Tested by the model | Behaviour tested in |
| --- | --- | --- | --- |
"""


def table() -> str:
    """The whole page."""
    head = _HEAD.format(supported=len(SUPPORTED), all=len(SERVICE.operation_names))
    return head + "".join(f"| {' | '.join(_row(name))} |\n" for name in sorted(SERVICE.operation_names))


def behaviour(operation: str) -> list[str]:
    """The test files that call an operation, relative to the folder of the tests."""
    call = re.compile(rf"\.{xform_name(operation)}\b|\"{xform_name(operation)}\"")
    return [
        path.relative_to(_TESTS).as_posix()
        for path in sorted(_TESTS.rglob("*.py"))
        if path.name not in _GENERAL and call.search(path.read_text())
    ]


def _row(operation: str) -> tuple[str, str, str, str]:
    if operation in LEFT_OUT:
        return operation, f"no: {LEFT_OUT[operation]}", "", ""
    return operation, "yes", ", ".join(_checks(operation)), ", ".join(f"`{name}`" for name in behaviour(operation))


def _checks(operation: str) -> Iterator[str]:
    yield "input"
    if names_a_thing(operation):
        yield "unknown id"
    if is_paged(operation):
        yield f"pages of {page_cap(operation)}"
    if token_member(operation):
        yield "token"


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(table())
