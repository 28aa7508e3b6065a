"""What is asked about how a new version takes the place of the running one."""

from __future__ import annotations

from factory.authoring import Choice, Number, Text

_DEPLOYMENT = "Deployment"
# Those at which ECS calls a function (ECS Developer Guide, "Lifecycle hooks for Amazon ECS service deployments").
_STAGE = (
    r"(RECONCILE_SERVICE|PRE_SCALE_UP|POST_SCALE_UP|TEST_TRAFFIC_SHIFT|POST_TEST_TRAFFIC_SHIFT"
    r"|PRE_PRODUCTION_TRAFFIC_SHIFT|PRODUCTION_TRAFFIC_SHIFT|POST_PRODUCTION_TRAFFIC_SHIFT)"
)
_FUNCTION = r"arn:[a-z-]+:lambda:[a-z0-9-]+:\d{12}:function:[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_$-]+)?"
HOOK_STAGE = "POST_TEST_TRAFFIC_SHIFT"
"""When the function is called unless the answer says so: the new version is reached by tests alone."""


class DeploymentQuestions:
    """How requests move from one version to the next, and who may stop them."""

    strategy = Choice(
        "Strategy",
        group=_DEPLOYMENT,
        options=(
            "rolling",
            "blue-green",
            "canary-5",
            "canary-10",
            "canary-25",
            "linear-10",
            "linear-20",
            "linear-25",
            "linear-50",
        ),
        default="rolling",
        help="Task by task; or requests move to the new version all at once, first so many percent and then the rest, "
        "or so many percent at a time. Whichever: an alarm takes them back.",
    )
    bake_minutes = Number(
        "Bake time (minutes)",
        group=_DEPLOYMENT,
        low=0,
        # Ten times as long, as a linear deployment of 10 % takes, is within the 36 hours that CloudFormation admits
        # (ECS Developer Guide, "Amazon ECS blue/green service deployments workflow").
        high=180,
        default=30,
        help="How long each step is watched before the next one, and the last before the old version goes; not for "
        "rolling.",
    )
    hook = Text(
        "Lifecycle hook",
        group=_DEPLOYMENT,
        default="",
        pattern=rf"({_FUNCTION}( {_STAGE}(,{_STAGE}){{0,7}})?)?",
        constraint="Empty, or the ARN of a function, and after a space stages of a deployment, joined by commas.",
        help="ARN of a function that ECS asks whether to go on; after a space the stages at which it does, unless that "
        f"is {HOOK_STAGE}. Not for rolling.",
    )
