"""Launching from the catalog in an environment's account: what would happen, then doing and watching it."""

from factory.aws.launch.adopting import Adoptable, adopt, find_adoptable
from factory.aws.launch.ending import Ending, foresee
from factory.aws.launch.launching import launch, prepare, problems_of
from factory.aws.launch.status import given_parameters, provisioned
from factory.aws.launch.survey import Survey
from factory.aws.launch.terminating import terminate
from factory.aws.launch.values import (
    STACK_INSTANCE,
    Change,
    Course,
    Event,
    Instance,
    Launched,
    LaunchStatus,
    Order,
    Outcome,
    Prepared,
    Watcher,
)

__all__ = [
    "STACK_INSTANCE",
    "Adoptable",
    "Change",
    "Course",
    "Ending",
    "Event",
    "Instance",
    "LaunchStatus",
    "Launched",
    "Order",
    "Outcome",
    "Prepared",
    "Survey",
    "Watcher",
    "adopt",
    "find_adoptable",
    "foresee",
    "given_parameters",
    "launch",
    "prepare",
    "problems_of",
    "provisioned",
    "terminate",
]
