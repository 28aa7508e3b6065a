"""The fields of Copilot's manifests on where output goes."""

from __future__ import annotations

from typing import Any

from factory.authoring.migration import Answer, Field, Manifest, Verdict
from products.parts.copilot.values import secret

_CLOUDWATCH = ("cloudwatch", "cloudwatch_logs")
_FIREHOSE = ("firehose", "kinesis_firehose")
_OPENSEARCH = ("es", "opensearch")
_INTAKE = "http-intake.logs."
_KEYS = {"datadog": "apikey", "splunk": "splunk_token"}
_HTTPS_PORT = "443"


def _destination(value: Any, manifest: Manifest) -> list[Answer]:
    """The output of Fluent Bit, whose options may be written in any case."""
    options = {str(name).lower(): str(content) for name, content in value.items()}
    kind = options["name"].lower()
    if kind in _CLOUDWATCH:
        return [_goes("cloudwatch")]
    if kind in _FIREHOSE:
        return [_goes(f"firehose {options['delivery_stream']}")]
    if kind == "s3":
        return [_goes(f"s3 {options['bucket']}")]
    if kind in _OPENSEARCH:
        return [Answer(parameter="LogDestination", ask=f"opensearch, name of the domain, {options['host']}")]
    if kind == "datadog":
        site = options.get("host", f"{_INTAKE}datadoghq.com").removeprefix(_INTAKE)
        return [_with_key(f"datadog {site}", kind, manifest)]
    if kind == "splunk":
        if options.get("port") != _HTTPS_PORT:
            raise ValueError(f"tasks reach Splunk on port {_HTTPS_PORT} alone")
        return [_with_key(f"splunk {options['host']}", kind, manifest)]
    raise ValueError(f"{kind} is no destination here; Firehose delivers to many others")


def _goes(value: str) -> Answer:
    return Answer(parameter="LogDestination", value=value)


def _with_key(where: str, kind: str, manifest: Manifest) -> Answer:
    """A destination with the secret that holds its key; a key that stands in the manifest itself is not told."""
    secrets = {str(name).lower(): content for name, content in manifest["logging"].get("secretOptions", {}).items()}
    arn, what = secret(secrets[_KEYS[kind]]) if _KEYS[kind] in secrets else ("", "a secret with the key")
    return _goes(f"{where} {arn}") if arn else Answer(parameter="LogDestination", ask=f"{where} ARN of {what}")


def _taken(value: Any, manifest: Manifest) -> list[Answer]:  # noqa: ARG001 - the destination takes it up
    return []


def _unwanted(name: str, remark: str) -> Field:
    return Field(path=f"logging.{name}", verdict=Verdict.UNWANTED, remark=remark)


ROUTING = (
    Field(
        path="logging.destination",
        verdict=Verdict.HAVE,
        remark="`LogDestination`: CloudWatch, Firehose, S3, OpenSearch, Datadog or Splunk",
        answers=_destination,
    ),
    Field(
        path="logging.secretOptions",
        verdict=Verdict.HAVE,
        remark="`LogDestination`, the ARN behind datadog and splunk",
        answers=_taken,
    ),
    Field(path="logging.enableMetadata", verdict=Verdict.BETTER, remark="always, by FireLens", answers=_taken),
    _unwanted("image", "AWS's image of Fluent Bit, by its version and not as root"),
    _unwanted("configFilePath", "no configuration of one's own; Firehose delivers to destinations that are not named"),
    _unwanted("env_file", "goes with a configuration of one's own"),
)
"""What FireLens is told."""
