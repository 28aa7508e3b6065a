"""House rule: file systems are mounted over TLS alone."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house, policies
from factory.gates.controls import ENCRYPTED_ON_THE_WAY
from factory.gates.resources import Resource

_SYSTEM = "AWS::EFS::FileSystem"
_TASK = "AWS::ECS::TaskDefinition"


class FileSystemTls(house.HouseRule):
    """A file system's policy denies everybody plain connections, and tasks mount file systems with TLS."""

    id = "E9206"
    shortdesc = "File systems over TLS"
    description = "NFS in plain shows every file that is read to whoever is on the network."
    source_url = "https://docs.aws.amazon.com/efs/latest/ug/encryption-in-transit.html"
    mend = "Deny aws:SecureTransport false in FileSystemPolicy; in tasks set TransitEncryption to ENABLED."
    controls = ENCRYPTED_ON_THE_WAY
    types = frozenset({_SYSTEM, _TASK})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the policy of a file system, at the mounts of a task."""
        if resource.type == _TASK:
            modes = resource.every("Volumes.*.EFSVolumeConfiguration.TransitEncryption")
            systems = resource.every("Volumes.*.EFSVolumeConfiguration.FilesystemId")
            for mode, system in zip(modes, systems, strict=True):
                if system is not None and mode != "ENABLED":
                    yield house.Problem(message="it mounts a file system in plain", at="Volumes")
            return
        found = policies.statements(resource.get("FileSystemPolicy"), policies.Purpose.RESOURCE)
        if not any(item.denies_plain_http() and _is_whole(item) for item in found):
            yield house.Problem(message="no policy denies everybody plain connections", at="FileSystemPolicy")


def _is_whole(statement: policies.Statement) -> bool:
    """Whether a statement is about all that a client may do; in a file system's policy it may leave out on what."""
    actions = {str(action).lower() for action in statement.actions}
    clients = {f"elasticfilesystem:client{action}" for action in ("mount", "write", "rootaccess")}
    return bool(actions & {"*", "elasticfilesystem:*", "elasticfilesystem:client*"}) or clients <= actions
