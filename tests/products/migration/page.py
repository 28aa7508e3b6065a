"""The page `docs/copilot.md`, written from the fields that the migrations know.

`python -m tests.products.migration.page` writes it anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from factory.authoring.migration import Field
from products.parts.copilot.fields import SERVICE, TASK
from products.parts.copilot.servers import BACKEND, PUBLIC
from products.parts.copilot.workers import JOB, WORKER

PAGE = Path(__file__).parents[3] / "docs" / "copilot.md"

_HEAD = """\
# Coming from AWS Copilot

Support of AWS Copilot has ended. This page goes through the documented fields of its manifests for services and jobs on
ECS, and says of each what there is here. `factory migrate` turns a manifest into a launch:

    factory migrate copilot/api/manifest.yml -v COPILOT_APPLICATION_NAME=shop

prints the launch as a system's manifest has it, with what `environments` overrides. With `-e prod`, it prints the
`factory launch` command for that environment; with `--json`, a document. What has to be looked up, such as the ARN of a
secret that Copilot knows by name, and what was not taken over, goes to standard error. Environments keep the names that
they have in Copilot; rename them to those of environments.yaml.

| Copilot | product |
| --- | --- |
| Load Balanced Web Service | microservice-public |
| Backend Service | microservice-internal |
| Worker Service | worker |
| Scheduled Job | scheduled-job |

A service moves without an interruption when it is launched beside the one that runs, tried, and given its name or path
on the load balancer then. Copilot's pipelines become delivery-pipeline, its repositories image-repository.

**have** is the same; **better** is more, or needs no asking; **not wanted** is left out on purpose; **not there** is
something that one may miss.
"""
_TABLE = "| field | | here |\n| --- | --- | --- |"


def page() -> str:
    """The whole page."""
    sections: Sequence[tuple[str, Sequence[Field]]] = (
        ("All of them", TASK),
        ("All services", SERVICE),
        ("Load Balanced Web Service", PUBLIC),
        ("Backend Service", BACKEND),
        ("Worker Service", WORKER),
        ("Scheduled Job", JOB),
    )
    return "\n".join([_HEAD, *(line for title, fields in sections for line in _section(title, fields))])


def _section(title: str, fields: Sequence[Field]) -> Iterator[str]:
    yield f"## {title}\n\n{_TABLE}"
    yield from (f"| `{field.path}` | {field.verdict} | {field.remark} |" for field in fields)
    yield ""


if __name__ == "__main__":
    PAGE.write_text(page())
