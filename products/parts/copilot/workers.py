"""The fields of Copilot's services that work off a queue, and of its jobs."""

from __future__ import annotations

import re
from typing import Any

from factory.authoring.migration import Answer, Field, Manifest
from products.parts.copilot.fields import BETTER, HAVE, MISSING, duration, text
from products.parts.copilot.values import exact_seconds, seconds

_NAMED = {
    "@yearly": "cron(0 0 1 1 ? *)",
    "@monthly": "cron(0 0 1 * ? *)",
    "@weekly": "cron(0 0 ? * 1 *)",
    "@daily": "cron(0 0 * * ? *)",
    "@midnight": "cron(0 0 * * ? *)",
    "@hourly": "cron(0 * * * ? *)",
}
_MINUTE = 60


def _backlog(value: Any, _: Manifest) -> list[Answer]:
    """Latency over processing time, as Copilot reckons it."""
    messages = exact_seconds(value["acceptable_latency"]) / exact_seconds(value["msg_processing_time"])
    return [Answer(parameter="BacklogTarget", value=str(max(1, int(messages))))]


def schedule(value: Any, _: Manifest) -> list[Answer]:
    """A schedule as EventBridge Scheduler writes it."""
    text_ = str(value).strip()
    if text_ in _NAMED:
        text_ = _NAMED[text_]
    elif text_.startswith("@every "):
        minutes, rest = divmod(seconds(text_.removeprefix("@every ").strip()), _MINUTE)
        if rest or not minutes:
            raise ValueError(f"{text_} is not in whole minutes")
        text_ = f"rate({minutes} minute{'s' if minutes > 1 else ''})"
    elif not text_.startswith(("rate(", "cron(")):
        text_ = _cron(text_)
    return [Answer(parameter="Schedule", value=text_)]


def _cron(text_: str) -> str:
    """Five fields of cron as the six of EventBridge, which counts days of the week from Sunday as 1."""
    fields = text_.split()
    if len(fields) != len(("minute", "hour", "day", "month", "weekday")):
        raise ValueError(f"{text_} is no schedule such as 0 9 * * 1-5, @daily or rate(1 hour)")
    minute, hour, day, month, weekday = fields
    if "?" not in (day, weekday):
        if day != "*" and weekday != "*":
            raise ValueError(f"{text_} names days of the month and of the week, of which EventBridge takes one")
        if weekday == "*":
            weekday = "?"
        else:
            day = "?"
            # A step, as in 1-5/2, is no day.
            weekday = re.sub(r"(?<![/\w#])\d", lambda found: str(int(found[0]) % 7 + 1), weekday)
    return f"cron({minute} {hour} {day} {month} {weekday} *)"


WORKER = (
    Field(
        path="subscribe.topics",
        verdict=MISSING,
        remark="whoever has the topic subscribes the queue to it; `SenderService` and `SenderArn` let it send",
    ),
    Field(path="subscribe.queue.delay", verdict=HAVE, remark="`DelaySeconds`", answers=duration("DelaySeconds")),
    Field(
        path="subscribe.queue.retention",
        verdict=HAVE,
        remark="`KeepSeconds`",
        answers=duration("KeepSeconds"),
    ),
    Field(
        path="subscribe.queue.timeout",
        verdict=HAVE,
        remark="`VisibilitySeconds`",
        answers=duration("VisibilitySeconds"),
    ),
    Field(
        path="subscribe.queue.fifo",
        verdict=HAVE,
        remark="`Kind`",
        answers=lambda value, _: [Answer(parameter="Kind", value="fifo" if value else "standard")],
    ),
    Field(path="subscribe.queue.dead_letter", verdict=BETTER, remark="there always is one, with an alarm"),
    Field(
        path="subscribe.queue.dead_letter.tries",
        verdict=BETTER,
        remark="`Attempts`; there always is such a queue, with an alarm",
        answers=text("Attempts"),
    ),
    Field(path="count.queue_delay", verdict=HAVE, remark="`BacklogTarget`, messages a task", answers=_backlog),
)

JOB = (
    Field(path="on.schedule", verdict=HAVE, remark="`Schedule`", answers=schedule),
    Field(path="retries", verdict=HAVE, remark="`Retries`", answers=text("Retries")),
    Field(path="timeout", verdict=HAVE, remark="`TimeoutSeconds`", answers=duration("TimeoutSeconds")),
)
