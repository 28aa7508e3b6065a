"""From AWS Copilot's manifests to launches; Copilot's support ended in June 2026.

The fields are those of Copilot's documentation, "Manifest", for the four types that run containers on ECS.
"""

from __future__ import annotations

from factory.authoring.migration import Migration
from products.parts.copilot.fields import SERVICE, TASK
from products.parts.copilot.servers import BACKEND, PUBLIC
from products.parts.copilot.workers import JOB, WORKER


class _Copilot(Migration):
    """What holds for all of Copilot's manifests."""

    tool = "AWS Copilot"
    environment_variable = "COPILOT_ENVIRONMENT_NAME"


class LoadBalancedWebService(_Copilot):
    """A service behind a load balancer."""

    type = "Load Balanced Web Service"
    product = "microservice-public"
    fields = (*TASK, *SERVICE, *PUBLIC)


class BackendService(_Copilot):
    """A service that other services call."""

    type = "Backend Service"
    product = "microservice-internal"
    fields = (*TASK, *SERVICE, *BACKEND)


class WorkerService(_Copilot):
    """A service that works off a queue."""

    type = "Worker Service"
    product = "worker"
    fields = (*TASK, *SERVICE, *WORKER)


class ScheduledJob(_Copilot):
    """A task that runs at set times."""

    type = "Scheduled Job"
    product = "scheduled-job"
    fields = (*TASK, *JOB)
