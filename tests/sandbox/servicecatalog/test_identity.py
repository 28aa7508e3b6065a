"""Access keys into callers."""

from __future__ import annotations

from typing import Any

import pytest

from factory.sandbox.servicecatalog.identity import caller


def nobody(access_key: str) -> tuple[str, str]:
    raise LookupError(access_key)


def test_an_account_id_is_that_accounts_administrator() -> None:
    found = caller("123456789012", "us-east-1", None, nobody)

    assert (found.account, found.arn, found.administrator) == (
        "123456789012",
        "arn:aws:iam::123456789012:root",
        True,
    )


def test_a_session_has_the_principal_of_its_role() -> None:
    arn = "arn:aws:sts::123456789012:assumed-role/Developer/someone"
    found = caller("ASIA1", "us-east-1", "token", lambda _key: ("123456789012", arn))

    assert found.principal == "arn:aws:iam::123456789012:role/Developer"
    assert (found.assumed, found.administrator) == (True, False)
    assert found.credentials.session_token == "token"  # noqa: S105


def test_a_user_is_its_own_principal() -> None:
    arn = "arn:aws:iam::123456789012:user/team/someone"
    found = caller("AKIA1", "us-east-1", None, lambda _key: ("123456789012", arn))

    assert (found.principal, found.assumed) == (arn, False)


def test_nobodys_key_is_refused() -> None:
    with pytest.raises(LookupError):
        caller("AKIANOBODY", "us-east-1", None, nobody)


def test_the_emulators_sts_knows_role_sessions(scene: Any) -> None:
    role = scene.role(scene.hub, "Developer")
    given = scene.client("sts", scene.hub).assume_role(RoleArn=role, RoleSessionName="me")["Credentials"]

    found = scene.server.core.caller(given["AccessKeyId"], "us-east-1", given["SessionToken"])

    assert (found.account, found.arn) == (scene.hub, f"arn:aws:sts::{scene.hub}:assumed-role/Developer/me")
