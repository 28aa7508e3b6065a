"""A service's dashboard: its traffic, its tasks and what it last complained about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import GetAtt, Sub
from troposphere.cloudwatch import Dashboard
from troposphere.ecs import Service
from troposphere.logs import LogGroup

from factory.authoring import Stack
from products.parts.service_questions import ServiceQuestions

_WIDTH, _HEIGHT = 8, 6
_PER_ROW = 24 // _WIDTH


def graph(title: str, *metrics: Sequence[str], statistic: str = "Average", **more: Any) -> dict[str, Any]:
    """A widget with lines. A metric is namespace, name and pairs of dimension and value, in which `${Name}` stands for
    a variable of the dashboard."""
    properties = {"title": title, "metrics": [list(metric) for metric in metrics], "stat": statistic, "period": 60}
    return {"type": "metric", "properties": {**properties, "view": "timeSeries", "region": "${AWS::Region}", **more}}


def service_dashboard(
    stack: Stack,
    questions: ServiceQuestions,
    kind: str,
    service: Service,
    logs: LogGroup,
    graphs: Sequence[dict[str, Any]],
    variables: Mapping[str, Any],
) -> Dashboard:
    """The dashboard of a service: graphs of its own before those of its tasks, and its latest errors.

    `kind` tells services of one name apart that are of several products.
    """
    return dashboard(
        stack,
        # Dashboards share one list across regions.
        stack.name(kind, "${Instance}-${ServiceName}-${AWS::Region}"),
        [*graphs, *_tasks_graphs()],
        latest_errors(),
        {
            **variables,
            "Cluster": questions.cluster_name,
            "Service": GetAtt(service, "Name"),
            "Logs": logs.ref(),
        },
    )


def _tasks_graphs() -> list[dict[str, Any]]:
    """CPU, memory and number of tasks; expects the variables `Cluster` and `Service`."""
    own = ("ClusterName", "${Cluster}", "ServiceName", "${Service}")
    return [
        graph("CPU and memory (%)", ["AWS/ECS", "CPUUtilization", *own], ["AWS/ECS", "MemoryUtilization", *own]),
        graph(
            "Tasks",
            ["ECS/ContainerInsights", "RunningTaskCount", *own],
            ["ECS/ContainerInsights", "DesiredTaskCount", *own],
        ),
    ]


def latest_errors() -> dict[str, Any]:
    """The last lines that look like errors; expects the variable `Logs`."""
    query = "SOURCE '${Logs}' | fields @timestamp, @message | filter @message like /(?i)(error|fatal|critical)/"
    properties = {
        "title": "Latest errors",
        "query": f"{query} | sort @timestamp desc | limit 50",
        "region": "${AWS::Region}",
        "view": "table",
    }
    return {"type": "log", "properties": properties}


def dashboard(
    stack: Stack, name: Any, graphs: Sequence[dict[str, Any]], log: dict[str, Any], variables: Mapping[str, Any]
) -> Dashboard:
    """Graphs in rows of three with a log over the full width below them."""
    widgets = [
        {**widget, "x": index % _PER_ROW * _WIDTH, "y": index // _PER_ROW * _HEIGHT, "width": _WIDTH, "height": _HEIGHT}
        for index, widget in enumerate(graphs)
    ]
    below = -(-len(graphs) // _PER_ROW) * _HEIGHT
    widgets.append({**log, "x": 0, "y": below, "width": _WIDTH * _PER_ROW, "height": _HEIGHT})
    body = json.dumps({"widgets": widgets}, sort_keys=True)
    return stack.add(Dashboard("Dashboard", DashboardName=name, DashboardBody=Sub(body, **variables)))
