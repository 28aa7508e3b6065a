"""What is asked about a container that runs by the clock, and ends."""

from __future__ import annotations

from factory.authoring import Choice, Number, Sized, Text
from products.parts.container_questions import SERVICE, ContainerQuestions
from products.parts.schedules import RATE_OR_CRON

_SCHEDULE = "Schedule"
_RUNS = "Runs"


class JobQuestions(ContainerQuestions):
    """When a job runs, how long, and what happens if it fails."""

    schedule = Text(
        "Schedule",
        group=SERVICE,
        default="cron(0 3 * * ? *)",
        pattern=rf"{RATE_OR_CRON}|at\(\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\)",
        constraint="rate(5 minutes), cron(0 3 * * ? *) with six fields, or at(2027-01-31T03:00:00).",
        help="When the job runs: regularly, at set times, or once.",
    )
    time_zone = Text(
        "Time zone",
        group=SERVICE,
        default="UTC",
        pattern=r"[A-Za-z0-9_+/-]{2,50}",
        constraint="A name of the time zone database, such as America/New_York.",
        help="Time zone of the schedule.",
    )
    timeout_seconds = Number(
        "Timeout (seconds)",
        group=SERVICE,
        low=60,
        high=604_800,
        default=3600,
        help="How long one attempt may take, its start included. What takes longer is stopped and not tried again.",
    )
    overdue_hours = Number(
        "Overdue after (hours)",
        group=SERVICE,
        low=0,
        high=168,
        default=26,
        help="A critical alarm rings when no run has succeeded for so long since the last one; longer than the "
        "schedule's interval, or 0 for never.",
    )
    enabled = Sized(
        "Runs by itself",
        group=_SCHEDULE,
        options=("true", "false"),
        sizes={"dev": "true", "test": "true", "qa": "true", "staging": "true", "prod": "true", "dr": "false"},
        help="Whether the schedule is on; auto: not in dr, where the same job would run a second time.",
    )
    window_minutes = Number(
        "Flexible window (minutes)",
        group=_SCHEDULE,
        low=0,
        high=1440,
        default=0,
        help="Within how many minutes after its time a run may start, lest all jobs start together; 0 for at once.",
    )
    latest_start_seconds = Number(
        "Latest start (seconds)",
        group=_SCHEDULE,
        low=60,
        high=86_400,
        default=3600,
        help="How long after its time a run that could not be started is still tried, before it goes to the "
        "dead-letter queue.",
    )
    overlap = Choice(
        "Overlap",
        group=_RUNS,
        options=("skip", "allow"),
        default="skip",
        help="What happens when a run is due while the one before it is still under way.",
    )
    retries = Number(
        "Retries",
        group=_RUNS,
        low=0,
        high=10,
        default=2,
        help="How often a run is tried again that failed or could not start, after half a minute and then ever later.",
    )
    on_spot = Sized(
        "On Spot",
        group=_RUNS,
        options=("true", "false"),
        sizes={"dev": "true", "test": "true", "qa": "false", "staging": "false", "prod": "false", "dr": "false"},
        help="Whether it runs on Fargate Spot: cheaper, but stopped at two minutes' notice and then tried again. Not "
        "in prod and dr.",
    )
