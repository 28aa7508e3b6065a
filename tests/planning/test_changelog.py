"""What a product's changelog says of a version, and how an entry is added to what people wrote."""

from __future__ import annotations

from datetime import date

from factory.catalog.model import ProductName, VersionName
from factory.gates.difference import Change, Difference, Kind, When
from factory.planning.changelog import added, entry, has, path

QUEUE = ProductName("queue")
DIFFERENCE = Difference(
    changes=(
        Change(
            kind=Kind.STATEFUL_REPLACED,
            subject="Queue",
            type="AWS::SQS::Queue",
            details=("FifoQueue: nothing → true",),
            when=When(terms=(("Environment", ("prod", "dr")),)),
        ),
        Change(kind=Kind.RESOURCE_UPDATED, subject="Policy", type="AWS::SQS::QueuePolicy", follows=("Queue",)),
        Change(kind=Kind.PARAMETER_ADDED, subject="Delay", details=("default 0",)),
    )
)
ENTRY = """\
## 2.0.0 (2026-01-31)

What changes for those who launched 1.4.0.

### Breaking

- `Queue` (AWS::SQS::Queue) replaced, holds data where Environment is prod or dr: FifoQueue: nothing → true

### New

- parameter `Delay` added: default 0

### Changed

- 1 resource that refers to a replaced one
"""


def test_an_entry_tells_the_gravest_first() -> None:
    assert entry(VersionName("2.0.0"), date(2026, 1, 31), VersionName("1.4.0"), DIFFERENCE) == ENTRY


def test_the_first_entry_begins_the_changelog() -> None:
    assert added("", QUEUE, ENTRY) == f"# Changes of queue\n\n{ENTRY}"


def test_an_entry_stands_above_what_was_written() -> None:
    before = "# Changes of queue\n\nWritten with care.\n\n## 1.4.0\n\nBy hand.\n"
    assert added(before, QUEUE, ENTRY) == f"# Changes of queue\n\nWritten with care.\n\n{ENTRY}\n## 1.4.0\n\nBy hand.\n"


def test_versions_are_told_apart() -> None:
    text = added("", QUEUE, ENTRY)
    assert has(text, VersionName("2.0.0"))
    assert not has(text, VersionName("2.0.01"))
    assert not has(text, VersionName("2.0"))
    assert not has("## 12.0.0", VersionName("2.0.0"))


def test_a_changelog_lies_beside_the_code() -> None:
    assert path(QUEUE).as_posix() == "products/changelogs/queue.md"
