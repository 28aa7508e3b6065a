"""Names that somebody gave by hand, as a manifest takes them."""

from __future__ import annotations

import pytest

from factory.catalog.model import VersionName
from factory.catalog.naming import is_name, is_version, name_like, versions_like


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("network", "network"),
        ("My  Network (old)", "my-network-old"),
        ("VPC_2", "vpc-2"),
        ("2nd queue", "n2nd-queue"),
        ("Größe", "gr-e"),
        ("日本", "unnamed"),
    ],
)
def test_a_name_is_near_to_the_text(text: str, name: str) -> None:
    assert name_like(text) == name
    assert is_name(name)


def test_a_name_that_is_taken_gets_a_number() -> None:
    assert name_like("Network", {"network", "network-2"}) == "network-3"


@pytest.mark.parametrize(
    ("texts", "versions"),
    [
        (["v1", "v2"], ["1.0.0", "2.0.0"]),
        (["1.0", "1.1", "V2.3.4"], ["1.0.0", "1.1.0", "2.3.4"]),
        (["initial", "", "latest"], ["0.0.1", "0.0.2", "0.0.3"]),
        (["v1", "1.0", "v1.0.0"], ["1.0.0", "1.0.1", "1.0.2"]),
        (["v007"], ["7.0.0"]),
    ],
)
def test_versions_keep_the_numbers_that_they_have(texts: list[str], versions: list[str]) -> None:
    assert versions_like(texts) == versions
    assert all(map(is_version, versions))


def test_versions_keep_away_from_those_that_are_taken() -> None:
    assert versions_like(["v1", "beta"], [VersionName("1.0.0"), VersionName("0.0.1")]) == ["1.0.1", "0.0.2"]
