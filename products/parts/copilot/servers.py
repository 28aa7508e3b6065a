"""The fields of Copilot's services that answer requests."""

from __future__ import annotations

from typing import Any

from factory.authoring.migration import Answer, Field, Manifest
from products.parts.copilot.fields import BETTER, FIXED, HAVE, MISSING, UNWANTED, duration, metric, text
from products.parts.copilot.values import listed, seconds, yes

_PROTOCOLS = {"http1": "http", "http2": "http2", "grpc": "grpc"}
# How long a load balancer's cookie lasts unless told otherwise.
_DAY_SECONDS = "86400"
# What Copilot does where it is not told.
_USUAL = {"path": "/", "success_codes": "200", "interval": "30s", "grace_period": "60s"}


def _paths(value: Any, _: Manifest) -> list[Answer]:
    """A path of Copilot's stands for what is below it as well."""
    below = str(value).strip("/")
    return [Answer(parameter="Paths", value=f"/{below},/{below}/*" if below else "/*")]


def _health(_: Any, manifest: Manifest) -> list[Answer]:
    """The path, and behind it codes and seconds where they are given."""
    asked = manifest["http"]["healthcheck"]
    if not isinstance(asked, dict):
        return [Answer(parameter="HealthCheck", value=str(asked))]
    told = {**_USUAL, **asked}
    timing = f"{seconds(told['interval'])} {seconds(told['grace_period'])}"
    more = f" {told['success_codes']} {timing}" if set(asked) & {"success_codes", "interval", "grace_period"} else ""
    return [Answer(parameter="HealthCheck", value=f"{told['path']}{more}")]


def _host(value: Any, _: Manifest) -> list[Answer]:
    names = [item["name"] if isinstance(item, dict) else str(item) for item in listed(value)]
    if len(names) > 1:
        raise ValueError(f"a service answers to one host name or pattern, not to {len(names)}")
    return [Answer(parameter="HostName", value=names[0])]


def _protocol(value: Any, _: Manifest) -> list[Answer]:
    if value not in _PROTOCOLS:
        raise ValueError(f"{value} is none of {', '.join(_PROTOCOLS)}")
    return [Answer(parameter="Protocol", value=_PROTOCOLS[value])]


def _sticky(value: Any, _: Manifest) -> list[Answer]:
    return [Answer(parameter="StickySeconds", value=_DAY_SECONDS if yes(value) == "true" else "0")]


def _without_balancer(value: Any, _: Manifest) -> list[Answer]:
    if value is False:
        raise ValueError("a service without a load balancer is an internal one")
    return []


SERVER = (Field(path="image.port", verdict=HAVE, remark="`Port`, from 1024 up", answers=text("Port")),)

PUBLIC = (
    *SERVER,
    Field(path="http", verdict=HAVE, remark="the load balancer of the cluster", answers=_without_balancer),
    Field(path="http.path", verdict=HAVE, remark="`Paths`, up to four with wildcards", answers=_paths),
    Field(path="http.healthcheck", verdict=HAVE, remark="`HealthCheck`, a path", answers=_health),
    Field(path="http.healthcheck.path", verdict=HAVE, remark="`HealthCheck`", answers=_health),
    Field(path="http.healthcheck.port", verdict=UNWANTED, remark="asked on the port that requests go to"),
    Field(
        path="http.healthcheck.success_codes", verdict=HAVE, remark="`HealthCheck`, behind the path", answers=_health
    ),
    Field(path="http.healthcheck.healthy_threshold", verdict=UNWANTED, remark=FIXED),
    Field(path="http.healthcheck.unhealthy_threshold", verdict=UNWANTED, remark=FIXED),
    Field(path="http.healthcheck.interval", verdict=HAVE, remark="`HealthCheck`, behind the codes", answers=_health),
    Field(path="http.healthcheck.timeout", verdict=UNWANTED, remark=FIXED),
    Field(
        path="http.healthcheck.grace_period",
        verdict=HAVE,
        remark="`HealthCheck`, behind the interval",
        answers=_health,
    ),
    Field(
        path="http.deregistration_delay",
        verdict=HAVE,
        remark="`DrainSeconds`",
        answers=duration("DrainSeconds"),
    ),
    Field(path="http.target_container", verdict=UNWANTED, remark="there are no sidecars of one's own"),
    Field(
        path="http.stickiness",
        verdict=HAVE,
        remark="`StickySeconds`",
        answers=_sticky,
    ),
    Field(
        path="http.allowed_source_ips", verdict=MISSING, remark="the web firewall of the cluster is for all services"
    ),
    Field(path="http.alias", verdict=HAVE, remark="`HostName`, one, with wildcards", answers=_host),
    Field(path="http.hosted_zone", verdict=BETTER, remark="the cluster makes certificate and record for its domain"),
    Field(path="http.redirect_to_https", verdict=BETTER, remark="always redirected"),
    Field(path="http.version", verdict=HAVE, remark="`Protocol`", answers=_protocol),
    Field(path="http.additional_rules", verdict=MISSING, remark="one rule a service, of up to four paths"),
    Field(path="http.alb", verdict=HAVE, remark="the parameters under Wiring name another load balancer"),
    Field(path="nlb", verdict=MISSING, remark="no network load balancer"),
    Field(path="count.requests", verdict=HAVE, remark="`RequestsTarget`", answers=metric("RequestsTarget")),
    Field(
        path="count.response_time",
        verdict=UNWANTED,
        remark="slow answers have other causes than too few tasks; an alarm tells of them",
    ),
)

BACKEND = (
    *SERVER,
    Field(path="http", verdict=UNWANTED, remark="reached by name through Service Connect, without a load balancer"),
    Field(path="count.requests", verdict=UNWANTED, remark="counts at a load balancer; cpu and memory are followed"),
    Field(path="count.response_time", verdict=UNWANTED, remark="measured at a load balancer"),
)
