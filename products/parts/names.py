"""Names that no other stack has, for what must have a name and may outlive its stack."""

from __future__ import annotations

from troposphere import Ref, Select, Split


def of_this_stack() -> Select:
    """Twelve characters that are this stack's alone: the end of its id."""
    return Select(4, Split("-", Select(2, Split("/", Ref("AWS::StackId")))))
