"""House rule E9206: file systems are mounted over TLS alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.gates.rules.asking import IF_WANTED, NOTHING, ask, resource

PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
DENY = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "*", "Condition": PLAIN}


def system(policy: Any) -> dict[str, Any]:
    return resource("AWS::EFS::FileSystem", FileSystemPolicy=policy)


def task(**mount: Any) -> dict[str, Any]:
    volumes = [{"Name": "scratch"}, {"Name": "files", "EFSVolumeConfiguration": {"FilesystemId": "fs-1", **mount}}]
    return resource("AWS::ECS::TaskDefinition", Volumes=volumes)


@pytest.mark.parametrize(
    "good",
    [
        system({"Statement": [DENY]}),
        system({"Statement": {**DENY, "Action": ["elasticfilesystem:Client*"]}}),
        task(TransitEncryption="ENABLED"),
        resource("AWS::ECS::TaskDefinition"),
    ],
)
def test_tls_is_kept(good: dict[str, Any]) -> None:
    assert ask("E9206", good) == []


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (system(NOTHING), "no policy denies everybody plain connections"),
        (system({"Fn::If": ["IsWanted", {"Statement": [DENY]}, NOTHING]}), "plain connections when Wanted=false"),
        (system({"Statement": [{**DENY, "Action": "elasticfilesystem:ClientWrite"}]}), "no policy denies everybody"),
        (system({"Statement": [{**DENY, "Effect": "Allow"}]}), "no policy denies everybody"),
        (task(), "it mounts a file system in plain"),
        (task(TransitEncryption={"Fn::If": ["IsWanted", "ENABLED", "DISABLED"]}), "in plain when Wanted=false"),
    ],
)
def test_plain_connections_are_found(bad: dict[str, Any], message: str) -> None:
    (found,) = ask("E9206", bad, **IF_WANTED)
    assert message in found
