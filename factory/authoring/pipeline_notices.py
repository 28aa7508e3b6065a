"""What pipelines tell a topic in words, which e-mail and chat show as they are.

Texts are for `Fn::Sub`, and name what is told as `<pipeline>`, `<state>` and `<run>` (EventBridge User Guide, "Input
transformation").
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from troposphere import Sub
from troposphere.events import InputTransformer, Target

PIPELINE_LINK = "https://${AWS::Region}.console.aws.amazon.com/codesuite/codepipeline/pipelines/<pipeline>"
"""Where the console shows the pipeline."""
RUN_LINK = f"{PIPELINE_LINK}/executions/<run>/timeline"
"""Where the console shows the run."""

_PATHS = {"pipeline": "$.detail.pipeline", "state": "$.detail.state", "run": "$.detail.execution-id"}


def runs(pipeline: Any, states: Sequence[str]) -> dict[str, Any]:
    """The events of a pipeline's runs that come into one of these states (CodePipeline User Guide, "Event types")."""
    return {
        "source": ["aws.codepipeline"],
        "detail-type": ["CodePipeline Pipeline Execution State Change"],
        "detail": {"pipeline": [pipeline], "state": list(states)},
    }


def approvals(pipeline: Any) -> dict[str, Any]:
    """The events of a pipeline's approvals that begin to wait."""
    return {
        "source": ["aws.codepipeline"],
        "detail-type": ["CodePipeline Action Execution State Change"],
        "detail": {"pipeline": [pipeline], "state": ["STARTED"], "type": {"category": ["Approval"]}},
    }


def message(topic: Any, says: str) -> Target:
    """Tells a topic what an event is about."""
    used = {name: path for name, path in _PATHS.items() if f"<{name}>" in says}
    return Target(
        Id="topic",
        Arn=topic,
        InputTransformer=InputTransformer(InputPathsMap=used, InputTemplate=Sub(f'"{says}"')),
    )
