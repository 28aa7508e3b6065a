"""House rule E9790, where a portfolio asks for it: nobody can open a shell in a container."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, ask, resource


@pytest.mark.parametrize("good", [{}, {"EnableExecuteCommand": False}, {"EnableExecuteCommand": "false"}])
def test_no_shell_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9790", resource("AWS::ECS::Service", **good)) == []


@pytest.mark.parametrize("bad", [True, "true", {"Ref": "Wanted"}])
def test_a_shell_is_found(bad: Any) -> None:
    (found,) = ask("E9790", resource("AWS::ECS::Service", EnableExecuteCommand=bad), **IF_WANTED)
    assert "EnableExecuteCommand is on" in found
