"""The fields that Copilot's services and jobs share, and what there is in their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from factory.authoring.migration import Answer, Field, Manifest, Verdict
from products.parts.backlog import COUNTS_FROM_ZERO
from products.parts.copilot.logs import ROUTING
from products.parts.copilot.values import bounds, listed, seconds, secret, target, yes
from products.parts.task_sizes import COUNTS

HAVE, BETTER, UNWANTED, MISSING = Verdict.HAVE, Verdict.BETTER, Verdict.UNWANTED, Verdict.MISSING

_LEAST_RETENTION = 90
# The type whose services may have no task at times.
_SLEEPING = "Worker Service"
FIXED = "set so that it goes with the other checks"
_START = "the third number behind the path of `HealthCheck` says how long a task may take to start"
_USUAL_CPU, _USUAL_MEMORY = 256, 512


def _one(parameter: str, value: str | int) -> list[Answer]:
    return [Answer(parameter=parameter, value=str(value))]


def text(parameter: str) -> Any:
    """The value as it stands."""
    return lambda value, _: _one(parameter, value)


def duration(parameter: str) -> Any:
    """A duration in seconds."""
    return lambda value, _: _one(parameter, seconds(value))


def nothing(value: Any, manifest: Manifest) -> list[Answer]:  # noqa: ARG001 - it is taken note of elsewhere
    return []


def _platform(value: Any, _: Manifest) -> list[Answer]:
    said = value.get("architecture", "") if isinstance(value, dict) else str(value).partition("/")[2]
    system = value.get("osfamily", "") if isinstance(value, dict) else str(value)
    if not system.startswith("linux"):
        raise ValueError("Windows containers do not run here")
    return _one("Architecture", "ARM64" if said.startswith("arm") else "X86_64")


def _size(_: Any, manifest: Manifest) -> list[Answer]:
    """CPU and memory together, which Copilot has 256 and 512 for where it is not told."""
    return _one("Size", f"{manifest.get('cpu', _USUAL_CPU)}/{manifest.get('memory', _USUAL_MEMORY)}")


def _variables(value: dict[str, Any], _: Manifest) -> Iterator[Answer]:
    imported = [name for name, content in value.items() if isinstance(content, dict)]
    pairs = {name: _as_text(content) for name, content in value.items() if name not in imported}
    if unfit := [name for name, content in pairs.items() if set(content) & {";", "="}]:
        raise ValueError(f"no value may hold a semicolon or an equals sign, as {unfit[0]} does")
    yield Answer(parameter="Variables", value=";".join(f"{name}={content}" for name, content in pairs.items()))
    if imported:
        asked = " and ".join(f"{name}=value of the export {value[name].get('from_cfn')}" for name in imported)
        yield Answer(parameter="Variables", ask=f"also {asked}")


def _secrets(value: dict[str, Any], _: Manifest) -> Iterator[Answer]:
    """Only ARNs say which secret is meant; Copilot has names, which are told to look up."""
    entries = {name: secret(content) for name, content in value.items()}
    known = {name: arn for name, (arn, _) in entries.items() if arn}
    if len(known) == len(entries):
        yield Answer(parameter="Secrets", value=";".join(f"{name}={arn}" for name, arn in known.items()))
    else:
        told = (f"{name}={arn or f'ARN of {what}'}" for name, (arn, what) in entries.items())
        yield Answer(parameter="Secrets", ask="; ".join(told))


def _as_text(content: Any) -> str:
    return str(content).lower() if isinstance(content, bool) else str(content)


def _retention(value: Any, _: Manifest) -> list[Answer]:
    if int(value) < _LEAST_RETENTION:
        raise ValueError(f"logs are kept for {_LEAST_RETENTION} days at least")
    return _one("LogRetention", value)


def _read_only(value: Any, _: Manifest) -> list[Answer]:
    if value is not True:
        raise ValueError("the filesystem is read-only but for /tmp")
    return []


TASK = (
    Field(path="name", verdict=HAVE, remark="`ServiceName`, and the name of the launch", answers=text("ServiceName")),
    Field(path="type", verdict=HAVE, remark="the product", answers=nothing),
    Field(path="image.location", verdict=HAVE, remark="`Image`", answers=text("Image")),
    Field(path="image.build", verdict=BETTER, remark="the pipeline of delivery-pipeline builds, tests and scans it"),
    Field(path="image.labels", verdict=UNWANTED, remark="labels belong into the Dockerfile"),
    Field(path="image.depends_on", verdict=UNWANTED, remark="there are no sidecars of one's own to wait for"),
    Field(
        path="image.credentials",
        verdict=UNWANTED,
        remark="images come from ECR by role; a pull-through cache holds those of other registries",
    ),
    Field(path="entrypoint", verdict=UNWANTED, remark="belongs into the Dockerfile, so that what was tested is run"),
    Field(path="command", verdict=UNWANTED, remark="belongs into the Dockerfile, so that what was tested is run"),
    Field(path="cpu", verdict=HAVE, remark="`Size`", answers=_size),
    Field(path="memory", verdict=HAVE, remark="`Size`", answers=_size),
    Field(path="platform", verdict=HAVE, remark="`Architecture`, X86_64 or ARM64; no Windows", answers=_platform),
    Field(path="variables", verdict=HAVE, remark="`Variables`, up to 20", answers=_variables),
    Field(
        path="env_file", verdict=UNWANTED, remark="up to 20 `Variables`; what is always the same belongs into the image"
    ),
    Field(
        path="secrets",
        verdict=BETTER,
        remark="`Secrets`: Secrets Manager alone, which rotates them; the role reads exactly those, up to 10",
        answers=_secrets,
    ),
    Field(path="network.vpc.placement", verdict=BETTER, remark="tasks are always in private subnets", answers=nothing),
    Field(
        path="network.vpc.security_groups",
        verdict=BETTER,
        remark="each service has a group of its own; the products that it uses admit it",
    ),
    Field(path="storage.ephemeral", verdict=MISSING, remark="a task has the 20 GiB that Fargate gives"),
    Field(
        path="storage.readonly_fs",
        verdict=BETTER,
        remark="always read-only but for /tmp in memory",
        answers=_read_only,
    ),
    Field(path="storage.volumes", verdict=MISSING, remark="no file systems; state belongs into a database or bucket"),
    Field(
        path="sidecars",
        verdict=UNWANTED,
        remark="tracing is a switch, and Service Connect does what a proxy would",
    ),
    Field(path="logging.retention", verdict=HAVE, remark="`LogRetention`, 90 days at least", answers=_retention),
    *ROUTING,
    Field(path="taskdef_overrides", verdict=UNWANTED, remark="what is published is what runs; change the product"),
    Field(path="environments", verdict=HAVE, remark="`environments` of the launch in a system", answers=nothing),
)
"""What services and jobs have in common."""


def _tasks(_: Any, manifest: Manifest) -> list[Answer]:
    """The fewest and the most tasks, of which the parts of `count` speak together."""
    fewest, most = bounds(manifest["count"])
    options = COUNTS_FROM_ZERO if manifest.get("type") == _SLEEPING else COUNTS
    if fewest == 0 and options is COUNTS:
        raise ValueError("at least one task runs; `NightOff` stops all of them outside working hours")
    counts = [(int(least), int(greatest)) for least, _, greatest in (count.partition("-") for count in options)]
    fitting = [pair for pair in counts if pair[0] <= fewest and pair[1] >= most]
    if not fitting:
        raise ValueError(f"{most} tasks are more than a service has")
    low, high = min(fitting, key=lambda pair: (fewest - pair[0]) + (pair[1] - most))
    return _one("Tasks", f"{low}-{high}")


def _spot(value: Any, manifest: Manifest) -> list[Answer]:
    return [*_tasks(value, manifest), Answer(parameter="SpotPercent", value="100")]


def _spot_from(value: Any, manifest: Manifest) -> list[Answer]:
    """Copilot's number of tasks from which on Spot is used, as the nearest share of the most tasks."""
    _, most = bounds(manifest["count"])
    percent = 100 * (most - int(value) + 1) / most
    return _one("SpotPercent", round(percent / 25) * 25)


def metric(parameter: str) -> Any:
    """What a metric is held at."""
    return lambda value, _: _one(parameter, target(value))


def _memory_target(value: Any, manifest: Manifest) -> list[Answer]:
    """That of CPU counts where both are given."""
    return [] if "cpu_percentage" in manifest["count"] else _one("UseTarget", target(value))


def _health_command(value: Any, _: Manifest) -> list[Answer]:
    first, *others = listed(value)
    return _one("HealthCommand", " ".join(others) if first in ("CMD", "CMD-SHELL") else " ".join([first, *others]))


def _rolling(value: Any, _: Manifest) -> list[Answer]:
    if value == "recreate":
        raise ValueError("the former tasks always stay until the new ones are well")
    return []


SERVICE = (
    Field(path="count", verdict=HAVE, remark="`Tasks`", answers=_tasks),
    Field(path="count.spot", verdict=HAVE, remark="`SpotPercent`; also for ARM64", answers=_spot),
    Field(path="count.range", verdict=HAVE, remark="`Tasks`", answers=_tasks),
    Field(path="count.range.min", verdict=HAVE, remark="`Tasks`", answers=_tasks),
    Field(path="count.range.max", verdict=HAVE, remark="`Tasks`", answers=_tasks),
    Field(path="count.range.spot_from", verdict=HAVE, remark="`SpotPercent`, a share", answers=_spot_from),
    Field(
        path="count.cooldown",
        verdict=UNWANTED,
        remark="target tracking with a minute before more and five before fewer tasks suits what was asked for so far",
    ),
    Field(path="count.cpu_percentage", verdict=HAVE, remark="`UseTarget`", answers=metric("UseTarget")),
    Field(
        path="count.memory_percentage",
        verdict=HAVE,
        remark="`UseTarget`, the same for CPU and memory",
        answers=_memory_target,
    ),
    Field(
        path="exec",
        verdict=BETTER,
        remark="`ShellAccess`, recorded; off in prod",
        answers=lambda v, _: _one("ShellAccess", yes(v)),
    ),
    Field(path="deployment.rolling", verdict=BETTER, remark="rolling, blue/green, canary, linear", answers=_rolling),
    Field(
        path="deployment.rollback_alarms",
        verdict=BETTER,
        remark="the service's own alarms on errors roll a deployment back, without being asked",
    ),
    Field(path="image.healthcheck.command", verdict=HAVE, remark="`HealthCommand`", answers=_health_command),
    Field(path="image.healthcheck.start_period", verdict=UNWANTED, remark=_START),
    Field(path="image.healthcheck.interval", verdict=UNWANTED, remark=FIXED),
    Field(path="image.healthcheck.retries", verdict=UNWANTED, remark=FIXED),
    Field(path="image.healthcheck.timeout", verdict=UNWANTED, remark=FIXED),
    Field(
        path="observability.tracing",
        verdict=HAVE,
        remark="`Tracing`",
        answers=lambda value, _: _one("Tracing", str(value == "awsxray").lower()),
    ),
    Field(
        path="publish.topics", verdict=MISSING, remark="no product for topics yet; queue takes events of EventBridge"
    ),
    Field(path="network.connect", verdict=BETTER, remark="always on, under the name of the service", answers=nothing),
)
"""What services have in common."""
