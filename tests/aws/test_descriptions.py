"""What the description of a version tells, and that its author's words survive it."""

from __future__ import annotations

from datetime import date

import pytest

from factory.aws.descriptions import dated, deprecated_since, digest_in
from factory.catalog.model import Digest

DAY, LATER = date(2027, 1, 10), date(2027, 2, 28)
DIGEST = Digest("a1" * 32)
END = f"template sha256:{DIGEST}"


@pytest.mark.parametrize(
    "description", [f"network 1.0.0, {END}", f"Ours, with a template sha256:x, {END}", END, "Made by hand", ""]
)
def test_the_day_comes_and_goes_and_all_else_stays(description: str) -> None:
    told = dated(description, DAY)
    assert deprecated_since(description) is None
    assert deprecated_since(told) == DAY
    assert digest_in(told) == digest_in(description)
    assert dated(told, LATER) == dated(description, LATER)
    assert dated(told, None) == description


def test_it_stands_before_the_digest() -> None:
    assert dated(f"network 1.0.0, {END}", DAY) == f"network 1.0.0, deprecated since 2027-01-10, {END}"


def test_words_give_way_where_there_is_no_room() -> None:
    full = dated(f"{'x' * 8190}, {END}", DAY)
    assert (len(full), digest_in(full), deprecated_since(full)) == (8192, DIGEST, DAY)


def test_a_day_of_no_calendar_is_none() -> None:
    assert deprecated_since(f"network, deprecated since 2027-02-30, {END}") is None
