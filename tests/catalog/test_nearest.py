"""The name that was probably meant."""

from factory.catalog.nearest import suggestion


def test_the_nearest_name() -> None:
    assert suggestion("netwrok", ["cluster", "network"]) == "did you mean network?"


def test_all_names_where_none_is_near() -> None:
    assert suggestion("xyz", ["network", "cluster"]) == "there is cluster, network"


def test_no_names() -> None:
    assert suggestion("xyz", []) == "there is none"
