"""What an application may do in AWS: asked the same way wherever code of a team's own runs."""

from __future__ import annotations

from factory.authoring import Text


def policy_question(group: str) -> Text:
    """The managed policy of the application's own role; none that makes it an administrator."""
    return Text(
        "Permissions policy",
        group=group,
        default="",
        pattern=r"(arn:[a-z-]+:iam::(\d{12}|aws):policy/(?!.*(Administrator|PowerUser|FullAccess)).+)?",
        constraint="Empty, or the ARN of a managed policy that grants no full access.",
        help="ARN of the managed policy with what the application itself may do in AWS; empty for nothing.",
    )
