"""Prepares accounts for the factory: what is to be there, what would change, and the doing of it."""

from factory.aws.bootstrap.deploying import carry_out, prepare
from factory.aws.bootstrap.kinds import KINDS, Part, Setup, StackKind
from factory.aws.bootstrap.planning import plan
from factory.aws.bootstrap.removing import plan_removal
from factory.aws.bootstrap.steps import Outcome, RemovalStep, RestoreStep, StackStep, Step
from factory.aws.bootstrap.targets import HUB, Target, bucket_name, partition, targets

__all__ = [
    "HUB",
    "KINDS",
    "Outcome",
    "Part",
    "RemovalStep",
    "RestoreStep",
    "Setup",
    "StackKind",
    "StackStep",
    "Step",
    "Target",
    "bucket_name",
    "carry_out",
    "partition",
    "plan",
    "plan_removal",
    "prepare",
    "targets",
]
