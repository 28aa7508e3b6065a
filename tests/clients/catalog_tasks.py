"""Runs tasks of aws-service-catalog-factory or -puppet, in the Python that has the package.

python catalog_tasks.py factory|puppet HUB < TASKS

TASKS is a list of task references in JSON, as the tools' manifests are compiled to, in an order that satisfies their
dependencies. A task of the section `version` is the function by which the factory's pipelines make one. What the
last one wrote is the last line printed.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path


def main(tool: str, hub: str) -> None:
    tasks = json.load(sys.stdin)
    package = f"servicecatalog_{tool}"
    references = Path("tasks")
    references.mkdir(exist_ok=True)
    create = importlib.import_module(f"{package}.workflow.dependencies.task_factory").create
    where = (".", "") if tool == "factory" else (".", "", hub)
    for task in tasks:
        if task["section_name"] == "version":
            action = importlib.import_module(f"{package}.cloudformation_servicecatalog_deploy_action")
            action.create_or_update_provisioning_artifact(task["region"], task["region"], task["configuration"])
            continue
        name = task["task_reference"].replace("-", "_").replace("/", "__")
        (references / f"{name}.json").write_text(json.dumps(task))
        made = create(*where, task)
        made.execute()
    print(json.dumps(json.loads(Path(made.output().path).read_text())))


if __name__ == "__main__":
    main(*sys.argv[1:])
