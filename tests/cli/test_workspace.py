"""The accounts behind a command: when the sandbox is started, and when its accounts are prepared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from factory.cli import bootstrap, publication, publish, workspace
from factory.cli.terminal import Terminal
from factory.cli.workspace import Workspace
from factory.sandbox import process
from factory.sandbox.organization import founded_over
from factory.sandbox.process import Sandbox
from tests.command import copy_portfolios


class Seen(Exception):  # noqa: N818 - it ends a command where the test has seen enough
    """The command has come to what follows."""


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is done to a sandbox that is none."""
    done: list[str] = []
    organization = founded_over({"hub": "111111111111"})
    sandbox = Sandbox(endpoint="http://127.0.0.1:1", pid=1, accounts={}, regions=(), organization=organization)

    def start(*given: Any) -> Sandbox:
        state: Path | None = given[-1]
        if not done:
            done.append(f"start {state.name if state else ''}".strip())
        return sandbox

    def prepare(*_: object, **__: object) -> Iterator[Any]:
        done.append("prepare")
        return iter(())

    def plan(found: Workspace, *_: object, **__: object) -> None:
        _ = found.accounts
        raise Seen

    monkeypatch.setattr(process, "find", lambda _: sandbox if done else None)
    monkeypatch.setattr(process, "start", start)
    monkeypatch.setattr(workspace, "prepare", prepare)
    monkeypatch.setattr(bootstrap, "plan", prepare)
    monkeypatch.setattr(publication, "prepare", plan)
    return done


@pytest.fixture
def new(tmp_path: Path) -> Callable[[], Workspace]:
    """Gives the workspace of a further command."""
    copy_portfolios(tmp_path)
    return lambda: Workspace(tmp_path, sandbox=True, terminal=Terminal())


def test_publish_starts_it_and_prepares_its_accounts_once(steps: list[str], new: Callable[[], Workspace]) -> None:
    for expected in (["start", "prepare"], ["start", "prepare", "prepare"]):
        with pytest.raises(Seen):
            publish.command.main([], obj=new(), standalone_mode=False)
        assert steps == expected


def test_bootstrap_does_as_well(steps: list[str], new: Callable[[], Workspace]) -> None:
    bootstrap.command.main(["--yes"], obj=new(), standalone_mode=False)
    assert steps == ["start", "prepare"]


def test_whoever_needs_accounts_finds_them_prepared(steps: list[str], new: Callable[[], Workspace]) -> None:
    _ = new().accounts
    _ = new().accounts
    assert steps == ["start", "prepare"]


def test_another_role_prepares_the_environments_accounts(tmp_path: Path) -> None:
    copy_portfolios(tmp_path)
    workspace = Workspace(tmp_path, sandbox=False, terminal=Terminal())
    workspace.administrator = "Admin"
    accounts = workspace.setup.accounts
    assert {item.access.role_arn for item in accounts.environments.values()} == {
        f"arn:aws:iam::{item.account}:role/Admin" for item in accounts.environments.values()
    }
    assert accounts.hub.access.role_arn is None


def test_a_variable_names_where_a_new_one_keeps_its_state(
    steps: list[str], new: Callable[[], Workspace], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(workspace.STATE_VARIABLE, "kept")
    assert new().start_sandbox()
    assert not new().start_sandbox()
    assert steps == ["start kept"]
