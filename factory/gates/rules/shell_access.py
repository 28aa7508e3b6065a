"""House rule: shells in containers are closed in production, and recorded everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from factory.gates import house, settings
from factory.gates.resources import Resource

_SWITCH = "EnableExecuteCommand"
_SESSIONS = "Configuration.ExecuteCommandConfiguration"


class ShellAccess(house.HouseRule):
    """In production nobody opens a shell in a container unless a launch says so, and every session is recorded."""

    id = "E9708"
    shortdesc = "ECS Exec off in production, and audited"
    description = "A shell in production reads every secret and record that the service has, and changes what it likes."
    source_url = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html"
    mend = (
        "Let EnableExecuteCommand follow the environment, as the question shell_access does; on the cluster, set "
        "Logging to OVERRIDE with an encrypted log group."
    )
    controls = (
        "nist-800-53/AC-6(9)",
        "nist-800-53/AC-17",
        "nist-800-53/AU-12",
        "soc2/CC6.1",
        "soc2/CC7.2",
        "pci-dss/10.2.1",
    )
    types = frozenset({"AWS::ECS::Cluster", "AWS::ECS::Service"})

    def check(self, resource: Resource) -> Iterator[house.Problem]:
        """Look at the switch of a service, and at the record of a cluster."""
        world = resource.world
        if resource.type == "AWS::ECS::Cluster":
            yield from _unrecorded(resource)
        elif world.is_production:
            untouched = Resource(name=resource.name, body=resource.body, world=world.left_alone())
            value = untouched.get(_SWITCH)
            if value is not None and not settings.is_off(value):
                yield house.Problem(message="shells are open in production although nobody asked for them", at=_SWITCH)


def _unrecorded(cluster: Resource) -> Iterator[house.Problem]:
    if cluster.get(f"{_SESSIONS}.Logging") != "OVERRIDE":
        yield house.Problem(message="what is done in shells is not recorded", at=f"{_SESSIONS}.Logging")
        return
    log = f"{_SESSIONS}.LogConfiguration"
    for target, encrypted in (
        ("CloudWatchLogGroupName", "CloudWatchEncryptionEnabled"),
        ("S3BucketName", "S3EncryptionEnabled"),
    ):
        if cluster.get(f"{log}.{target}") is not None:
            if not settings.is_on(cluster.get(f"{log}.{encrypted}")):
                yield house.Problem(message="the record of shells is not encrypted", at=f"{log}.{encrypted}")
            return
    yield house.Problem(message="what is done in shells is not recorded", at=log)
