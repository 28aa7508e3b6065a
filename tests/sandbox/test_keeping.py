"""The state directory: what it takes, what it refuses and why, and that the earlier state outlives a failed save."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from factory.errors import SandboxError
from factory.sandbox.keeping import StateDirectory, moved
from factory.sandbox.organization import founded, founded_over

ACCOUNTS = {"hub": "111111111111", "dev": "222222222222"}
REGIONS = ("us-east-1",)
FOUNDED = founded_over(ACCOUNTS)


def save(directory: StateDirectory, **parts: Any) -> None:
    directory.save(
        parts,
        accounts=ACCOUNTS,
        regions=REGIONS,
        organization=FOUNDED,
        port=4566,
        saved="2026-01-02T03:04:05+00:00",
        left_out=(),
    )


@pytest.fixture
def directory(tmp_path: Path) -> StateDirectory:
    """A directory with a state."""
    kept = StateDirectory(path=tmp_path / "kept")
    kept.hold()
    save(kept, catalog=["one"])
    return kept


def test_a_new_one_and_an_empty_one_hold_nothing(tmp_path: Path) -> None:
    assert StateDirectory(path=tmp_path).check(ACCOUNTS, REGIONS, FOUNDED) is None
    assert StateDirectory(path=tmp_path / "new").load() is None
    assert not (tmp_path / "new").exists()


def test_what_is_saved_is_loaded(directory: StateDirectory) -> None:
    loaded = directory.load()
    assert loaded is not None
    header, parts = loaded
    assert parts == {"catalog": ["one"]}
    assert (header.accounts, header.regions, header.port) == (ACCOUNTS, REGIONS, 4566)
    assert directory.check(ACCOUNTS, REGIONS, FOUNDED) == header
    assert directory.file.stat().st_mode & 0o777 == 0o600, "others may read secrets"


def changed(**members: Any) -> Callable[[StateDirectory], None]:
    def change(directory: StateDirectory) -> None:
        first, _, body = directory.file.read_bytes().partition(b"\n")
        directory.file.write_bytes(json.dumps({**json.loads(first), **members}).encode() + b"\n" + body)

    return change


def cut(directory: StateDirectory) -> None:
    directory.file.write_bytes(directory.file.read_bytes()[:-3])


def of_something_else(directory: StateDirectory) -> None:
    directory.file.write_text('{"serial": 4, "lineage": "terraform"}')


def no_text(directory: StateDirectory) -> None:
    directory.file.write_bytes(b"\x80\x04\x95")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (cut, "it is damaged: its checksum does not fit"),
        (of_something_else, "it is not the state of a sandbox, or it is damaged"),
        (no_text, "it is not the state of a sandbox, or it is damaged"),
        (changed(version=99), "it was saved by another version: format 99, ministack "),
        (changed(emulator="ministack 0.1"), r"another version: format 1, ministack 0\.1; this one reads format 1"),
        (changed(colour="red"), "it is damaged"),
    ],
)
def test_what_cannot_be_restored_is_refused_and_left_as_it_is(
    directory: StateDirectory, change: Callable[[StateDirectory], None], message: str
) -> None:
    change(directory)
    before = directory.file.read_bytes()
    with pytest.raises(SandboxError, match=message) as refused:
        directory.check(ACCOUNTS, REGIONS, FOUNDED)
    assert refused.value.hint
    assert directory.file.read_bytes() == before


@pytest.mark.parametrize(
    ("accounts", "regions"), [({**ACCOUNTS, "dev": "999999999999"}, REGIONS), (ACCOUNTS, ("eu-west-1",))]
)
def test_another_projects_state_is_refused(
    directory: StateDirectory, accounts: dict[str, str], regions: tuple[str, ...]
) -> None:
    with pytest.raises(SandboxError, match="other accounts or regions: hub 111111111111, dev 222222222222; us-east-1"):
        directory.check(accounts, regions, FOUNDED)


def test_other_units_are_refused(directory: StateDirectory) -> None:
    moved_into = founded(ACCOUNTS["hub"], {ACCOUNTS["dev"]: "ou-ab12-abcd1234"})
    with pytest.raises(SandboxError, match=f"another organization, or other units in it: {FOUNDED.id}, managed by 111"):
        directory.check(ACCOUNTS, REGIONS, moved_into)


def test_a_directory_with_other_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(SandboxError, match=r"it is no state directory: it has thesis\.txt, but no state\.json"):
        StateDirectory(path=tmp_path).header()
    with pytest.raises(SandboxError, match="it is not a directory"):
        StateDirectory(path=tmp_path / "thesis.txt").header()
    with pytest.raises(SandboxError, match=r"thesis\.txt/below: Not a directory"):
        StateDirectory(path=tmp_path / "thesis.txt" / "below").hold()


def test_two_sandboxes_do_not_share_one(directory: StateDirectory) -> None:
    with pytest.raises(SandboxError, match="another sandbox uses it"):
        directory.hold()


def test_a_save_that_is_cut_short_leaves_the_earlier_state(
    directory: StateDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save(directory, catalog=["two"])
    loaded = directory.load()
    assert loaded is not None
    assert loaded[1] == {"catalog": ["one"]}


def test_a_first_save_that_is_cut_short_leaves_an_empty_directory(tmp_path: Path) -> None:
    kept = StateDirectory(path=tmp_path)
    kept.file.with_suffix(".part").write_text("{")
    assert kept.header() is None


def test_discarded_is_empty(directory: StateDirectory) -> None:
    directory.discard()
    assert directory.header() is None


def test_addresses_move_with_the_port_and_nothing_else_does() -> None:
    parts = {"url": "http://localhost:4566/1/queue", "text": "127.0.0.1:4566", "other": "localhost:45661, port 4566"}
    assert moved(parts, port=4566, to=80) == {
        "url": "http://localhost:80/1/queue",
        "text": "127.0.0.1:80",
        "other": "localhost:45661, port 4566",
    }
    assert moved(parts, port=4566, to=4566) is parts
