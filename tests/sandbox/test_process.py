"""The sandbox's life: started once, found while it lives, ended with everything it started."""

from __future__ import annotations

import http.client
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from factory.errors import SandboxError
from factory.sandbox import control, process
from factory.sandbox.clients import Clients
from factory.sandbox.organization import founded
from factory.sandbox.state import Files, Sandbox, claimed

ACCOUNTS = {"hub": "111111111111", "dev": "222222222222"}
REGIONS = ("us-east-1",)
PATIENCE_SECONDS = 30.0


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A directory whose sandbox, if one is left, is stopped after the test."""
    yield tmp_path
    process.stop(tmp_path)


def group(pid: int) -> set[int]:
    """The processes that a server and its children are."""
    listed = subprocess.run(["ps", "-eo", "pid=,pgid=,stat="], capture_output=True, text=True, check=True).stdout
    rows = (line.split() for line in listed.splitlines())
    return {int(row[0]) for row in rows if int(row[1]) == pid and not row[2].startswith("Z")}


def wait_until_gone(pid: int) -> None:
    """Wait until nothing is left of a server that was told to end."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while left := group(pid):
        assert time.monotonic() < deadline, f"processes {left} are still there"
        time.sleep(0.02)


def status(sandbox: Sandbox) -> dict[str, Any]:
    connection = http.client.HTTPConnection(sandbox.endpoint.removeprefix("http://"))
    connection.request("GET", "/_factory/status")
    return dict(json.load(connection.getresponse()))


SLEEPER = """
import pathlib, time

def handler(event, context):
    pathlib.Path(event["mark"]).touch()
    time.sleep(600)
"""


def busy_worker(sandbox: Sandbox, mark: Path) -> None:
    """Let a Lambda function work in a process of its own, longer than any test; it leaves a mark when it is at it."""
    clients = Clients(sandbox.endpoint)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as code:
        code.writestr("index.py", SLEEPER)
    function = clients.get("lambda", account=ACCOUNTS["dev"], region=REGIONS[0])
    function.create_function(
        FunctionName="busy",
        Role=f"arn:aws:iam::{ACCOUNTS['dev']}:role/busy",
        Runtime="python3.12",
        Handler="index.handler",
        Timeout=900,
        Code={"ZipFile": archive.getvalue()},
    )
    function.invoke(FunctionName="busy", InvocationType="Event", Payload=json.dumps({"mark": str(mark)}))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not mark.exists():
        assert time.monotonic() < deadline, "the function does not run"
        time.sleep(0.02)
    assert len(group(sandbox.pid)) > 1


def test_a_started_sandbox_answers_and_is_found(project: Path) -> None:
    sandbox = process.start(project, ACCOUNTS, REGIONS)

    assert process.find(project) == sandbox
    assert (sandbox.accounts, sandbox.regions) == (ACCOUNTS, REGIONS)
    told = {"ready": True, "pid": sandbox.pid, "accounts": ACCOUNTS, "regions": list(REGIONS), "state": None}
    assert status(sandbox) == told


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="needs /proc")
def test_it_listens_on_the_loopback_address_alone(project: Path) -> None:
    sandbox = process.start(project, ACCOUNTS, REGIONS)
    port = int(sandbox.endpoint.rpartition(":")[2])
    inodes = {path.readlink().name for path in Path(f"/proc/{sandbox.pid}/fd").iterdir()}
    listening = {
        (fields[1].partition(":")[0], int(fields[1].partition(":")[2], 16))
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{sandbox.pid}/net/{table}").read_text().splitlines()[1:]
        if (fields := line.split())[3] == "0A" and f"socket:[{fields[9]}]" in inodes
    }
    assert listening == {("0100007F", port)}


def test_starting_again_gives_the_one_that_runs(project: Path) -> None:
    assert process.start(project, ACCOUNTS, REGIONS) == process.start(project, ACCOUNTS, REGIONS)


def test_one_with_other_accounts_is_not_taken_for_it(project: Path) -> None:
    process.start(project, ACCOUNTS, REGIONS)
    with pytest.raises(SandboxError, match="other accounts or regions") as refused:
        process.start(project, {"hub": "999999999999"}, REGIONS)
    assert refused.value.hint == "factory sandbox stop"
    other = founded(ACCOUNTS["hub"], {}, "o-a1b2c3d4e5")
    with pytest.raises(SandboxError, match="another organization"):
        process.start(project, ACCOUNTS, REGIONS, organization=other)


def test_two_starts_at_once_make_one_server(project: Path) -> None:
    started: list[Sandbox] = []
    threads = [
        threading.Thread(target=lambda: started.append(process.start(project, ACCOUNTS, REGIONS))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 2
    assert started[0] == started[1]


def test_a_given_port_is_used(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert process.start(project, ACCOUNTS, REGIONS, port).endpoint == f"http://127.0.0.1:{port}"


def test_a_port_in_use_is_named_and_nothing_stays(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SandboxError, match=f"port {port}: Address already in use"):
            process.start(project, ACCOUNTS, REGIONS, port)
    assert list(project.iterdir()) == []


def test_without_the_extra_the_message_says_how_to_install_it(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ministack" else object())
    with pytest.raises(SandboxError, match="ministack not installed") as refused:
        process.start(project, ACCOUNTS, REGIONS)
    assert refused.value.hint == "pip install 'product-factory[sandbox]'"


def test_stop_ends_the_server_its_workers_and_its_files(project: Path) -> None:
    sandbox = process.start(project, ACCOUNTS, REGIONS)
    busy_worker(sandbox, project.with_suffix(".mark"))

    assert process.stop(project)

    assert group(sandbox.pid) == set()
    assert list(project.iterdir()) == []
    assert process.find(project) is None
    assert not process.stop(project)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_server_and_leaves_nothing(project: Path, number: signal.Signals) -> None:
    sandbox = process.start(project, ACCOUNTS, REGIONS)
    busy_worker(sandbox, project.with_suffix(".mark"))

    os.kill(sandbox.pid, number)

    wait_until_gone(sandbox.pid)
    assert process.find(project) is None
    assert [path.name for path in Files.of(project).folder.iterdir()] == ["sandbox.log"]


def killed(project: Path) -> Sandbox:
    """A sandbox whose server was killed while a function was at work."""
    sandbox = process.start(project, ACCOUNTS, REGIONS)
    busy_worker(sandbox, project.with_suffix(".mark"))
    os.kill(sandbox.pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.find(project) is not None or sandbox.pid in group(sandbox.pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return sandbox


def test_a_killed_server_takes_its_functions_and_its_port_with_it(project: Path) -> None:
    before = killed(project)
    wait_until_gone(before.pid)
    with socket.create_server(("127.0.0.1", int(before.endpoint.rpartition(":")[2]))):
        pass
    assert Files.of(project).state.exists()
    assert process.find(project) is None

    started = process.start(project, ACCOUNTS, REGIONS)

    assert started.pid != before.pid
    assert process.find(project) == started
    assert process.stop(project)
    assert list(project.iterdir()) == []


def starter(project: Path) -> subprocess.Popen[bytes]:
    """A process that starts a sandbox and has come as far as the server's claim."""
    code = f"""
from pathlib import Path
from factory.sandbox import control, process
process.start(Path({str(project)!r}), {ACCOUNTS!r}, {REGIONS!r})
"""
    started = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while claimed(Files.of(project)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return started


def test_a_server_whose_starter_is_killed_ends_and_leaves_nothing(project: Path) -> None:
    started = starter(project)
    pid = claimed(Files.of(project))
    started.kill()
    started.wait()

    assert pid is not None
    wait_until_gone(pid)
    assert process.find(project) is None
    assert not process.stop(project)
    assert list(project.iterdir()) == []


def test_the_next_start_replaces_a_server_whose_starter_was_killed(project: Path) -> None:
    started = starter(project)
    pid = claimed(Files.of(project))
    started.kill()
    started.wait()

    sandbox = process.start(project, ACCOUNTS, REGIONS)

    assert pid is not None
    assert group(pid) == set()
    assert process.find(project) == sandbox
    assert status(sandbox)["pid"] == sandbox.pid != pid


def test_stop_clears_what_a_killed_server_left(project: Path) -> None:
    before = killed(project)
    assert not process.stop(project)
    wait_until_gone(before.pid)
    assert list(project.iterdir()) == []


def test_a_server_that_does_not_listen_to_signals_is_ended(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "_GRACE_SECONDS", 0.1)
    sandbox = process.start(project, ACCOUNTS, REGIONS)
    busy_worker(sandbox, project.with_suffix(".mark"))
    os.kill(sandbox.pid, signal.SIGSTOP)

    assert process.stop(project)

    wait_until_gone(sandbox.pid)
    assert list(project.iterdir()) == []


def test_another_program_with_its_port_and_process_id_is_not_taken_for_it(project: Path) -> None:
    files = Files.of(project)
    files.folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as other:
        endpoint = f"http://127.0.0.1:{other.getsockname()[1]}"
        stale = {"endpoint": endpoint, "pid": os.getpid(), "accounts": ACCOUNTS, "regions": list(REGIONS)}
        files.state.write_text(json.dumps(stale))

        assert process.find(project) is None
        assert not process.stop(project)
    assert list(project.iterdir()) == []


def test_reset_forgets_everything(project: Path) -> None:
    sandbox = process.start(project, ACCOUNTS, REGIONS)
    clients = Clients(sandbox.endpoint)
    s3 = clients.get("s3", account=ACCOUNTS["hub"], region=REGIONS[0])
    catalog = clients.get("servicecatalog", account=ACCOUNTS["hub"], region=REGIONS[0])
    s3.create_bucket(Bucket="forgotten")
    catalog.create_portfolio(DisplayName="Forgotten", ProviderName="Platform", IdempotencyToken="once")
    before = control.organization(sandbox)
    organizations = clients.get("organizations", account=ACCOUNTS["hub"], region=REGIONS[0])
    organizations.create_organizational_unit(ParentId=sandbox.organization.root, Name="Forgotten")
    organizations.enable_aws_service_access(ServicePrincipal="servicecatalog.amazonaws.com")

    control.reset(project)

    assert s3.list_buckets()["Buckets"] == []
    assert catalog.list_portfolios()["PortfolioDetails"] == []
    assert control.organization(sandbox) == before == sandbox.organization.document()
    assert organizations.list_aws_service_access_for_organization()["EnabledServicePrincipals"] == []
    assert process.find(project) == sandbox


def test_a_stack_that_a_reset_overtakes_makes_nothing_more(project: Path) -> None:
    sandbox = process.start(project, ACCOUNTS, REGIONS)
    clients = Clients(sandbox.endpoint)
    cloudformation = clients.get("cloudformation", account=ACCOUNTS["dev"], region=REGIONS[0])
    queues = {
        f"Queue{number}": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"overtaken-{number}"}}
        for number in range(40)
    }
    cloudformation.create_stack(StackName="overtaken", TemplateBody=json.dumps({"Resources": queues}))
    control.reset(project)

    # A second stack of the same size takes as long as the first one would have needed.
    later = {name: {"Type": "AWS::SQS::Queue"} for name in queues}
    cloudformation.create_stack(StackName="later", TemplateBody=json.dumps({"Resources": later}))
    deadline = time.monotonic() + PATIENCE_SECONDS
    while cloudformation.describe_stacks(StackName="later")["Stacks"][0]["StackStatus"] != "CREATE_COMPLETE":
        assert time.monotonic() < deadline
    sqs = clients.get("sqs", account=ACCOUNTS["dev"], region=REGIONS[0])
    assert sqs.list_queues(QueueNamePrefix="overtaken").get("QueueUrls", []) == []


def test_nothing_runs_nothing_to_reset(project: Path) -> None:
    with pytest.raises(SandboxError, match="none is running"):
        control.reset(project)


def test_ctrl_c_at_a_server_in_the_foreground_leaves_nothing(project: Path) -> None:
    arguments = ["--directory", str(project), "--accounts", "hub=111111111111", "--regions", "us-east-1"]
    server = subprocess.Popen(
        [sys.executable, "-m", "factory.sandbox.server", *arguments],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (sandbox := process.find(project)) is None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert sandbox.pid == server.pid

    os.killpg(server.pid, signal.SIGINT)

    assert server.wait(PATIENCE_SECONDS) == 0
    assert list(project.iterdir()) == []
