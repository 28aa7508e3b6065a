"""What a request for a stack says beside its template: tags, topics, and the names of change sets.

Sources: AWS CloudFormation API Reference, CreateStack, UpdateStack and CreateChangeSet. The wording was not compared
with the real service.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_MAX_TOPICS = 5
_TOPIC = re.compile(r"arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?")
_CHANGE_SET = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
# States in which no change set for an update can be made.
_NOT_UPDATABLE = frozenset({"CREATE_FAILED", "DELETE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"})


def problems(form: Mapping[str, str], status: str | None) -> Iterator[str]:
    """Give a message for everything in a request that CloudFormation would refuse.

    `status` is that of the stack that the request is about; None where there is none yet.
    """
    keys = [value for name, value in form.items() if re.fullmatch(r"Tags\.member\.\d+\.Key", name)]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        yield f"Duplicate tag key: {key}"
    topics = members(form, "NotificationARNs.member")
    if len(topics) > _MAX_TOPICS:
        yield (
            f"1 validation error detected: Value at 'notificationARNs' failed to satisfy constraint: Member must have "
            f"length less than or equal to {_MAX_TOPICS}"
        )
    for topic in topics:
        if not _TOPIC.fullmatch(topic):
            yield f"Invalid notification ARN {topic}"
    if form["Action"] != "CreateChangeSet":
        return
    name = form.get("ChangeSetName", "")
    if name and not name.startswith("arn:") and not _CHANGE_SET.fullmatch(name):
        yield (
            f"1 validation error detected: Value '{name}' at 'changeSetName' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*"
        )
    if status in _NOT_UPDATABLE and form.get("ChangeSetType", "UPDATE") == "UPDATE":
        yield f"Stack [{form.get('StackName')}] is in {status} state and can not be updated."


def members(form: Mapping[str, str], prefix: str) -> list[str]:
    """Give the values of a list in a request."""
    return [value for name, value in form.items() if name.startswith(f"{prefix}.")]
