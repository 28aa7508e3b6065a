"""What is asked about the pipeline of a service."""

from __future__ import annotations

from factory.authoring import Choice, Requires, Text
from products.parts import contract
from products.parts.logs import retention_days


def _account(environment: str, branches: str) -> Text:
    return Text(
        f"Account of {environment}",
        group="Environments",
        default="",
        pattern=r"(\d{12})?",
        constraint="Empty, or an account id of 12 digits.",
        help=f"What is pushed to {branches} is deployed there; empty leaves {environment} out.",
    )


class DeliveryQuestions:
    """Which service it is, where its source is, where it is deployed to, and how it is checked."""

    service_name = Text(
        "Service name",
        group="Service",
        default="app",
        pattern=r"[a-z][a-z0-9-]{1,29}",
        constraint="2 to 30 lower-case letters, digits and hyphens, starting with a letter.",
        help="Name of its image repository here, and of its launch in each environment.",
    )
    runtime = Choice(
        "Runtime",
        group="Service",
        options=("nodejs", "python", "other"),
        default="nodejs",
        help="Decides how the service is tested, unless a test command is given.",
    )
    architecture = Choice(
        "Architecture",
        group="Service",
        options=("X86_64", "ARM64"),
        default="X86_64",
        help="Processor that the image is built for, and that the service runs on.",
    )
    connection_arn = Text(
        "Connection",
        group="Source",
        pattern=r"arn:[a-z-]+:(codeconnections|codestar-connections):[a-z0-9-]+:\d{12}:connection/[A-Za-z0-9-]+",
        constraint="The ARN of a connection.",
        help="ARN of the CodeConnections connection to GitHub or Bitbucket, which somebody has confirmed there.",
    )
    repository = Text(
        "Repository",
        group="Source",
        pattern=r"[A-Za-z0-9_.-]{1,100}/[A-Za-z0-9_.-]{1,100}",
        constraint="owner/name.",
        help="Repository of the service, as owner/name.",
    )
    provider = Choice(
        "Provider",
        group="Source",
        options=("GitHub", "Bitbucket"),
        default="GitHub",
        help="Where the repository is; approvals link to the commit there.",
    )
    branch = Text(
        "Default branch",
        group="Source",
        default="main",
        pattern=r"[A-Za-z0-9][A-Za-z0-9._/-]{0,99}",
        constraint="A branch of the repository.",
        help="Branch that a run takes which is started by hand without a commit.",
    )
    dockerfile = Text(
        "Dockerfile",
        group="Source",
        default="Dockerfile",
        pattern=r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}",
        constraint="A path in the repository.",
        help="Path of the Dockerfile in the repository.",
    )
    context = Text(
        "Build context",
        group="Source",
        default=".",
        pattern=r"\.|[A-Za-z0-9_][A-Za-z0-9_./-]{0,199}",
        constraint="A directory in the repository.",
        help="Directory in the repository that the image is built from.",
    )
    test_account = _account("test", "release branches")
    qa_account = _account("qa", "release branches")
    staging_account = _account("staging", "release branches")
    prod_account = _account("prod", "prod branches, and approved,")
    access_name = Text(
        "Access name",
        group="Environments",
        default="main",
        pattern=r"[a-z][a-z0-9-]{1,15}",
        constraint="2 to 16 lower-case letters, digits and hyphens, starting with a letter.",
        help="Name of the ci-access that is launched in each of these environments and names the service.",
    )
    test_command = Text(
        "Test command",
        group="Checks",
        default="auto",
        min_length=1,
        max_length=512,
        help="Auto is npm ci and npm test, or pytest after pip; else a shell command that succeeds when tests pass.",
    )
    test_buildspec = Text(
        "Test buildspec",
        group="Checks",
        default="auto",
        pattern=r"auto|[A-Za-z0-9_.][A-Za-z0-9_./-]{0,199}\.ya?ml",
        constraint="auto, or the path of a YAML file in the repository.",
        help="Auto is the platform's; else one in the repository. Scans and builds are always the platform's.",
    )
    smoke_path = Text(
        "Smoke test path",
        group="Checks",
        default="auto",
        pattern=r"auto|none|/[A-Za-z0-9_./~%?&=+-]{0,255}",
        constraint="auto, none, or a path that begins with a slash.",
        help="Auto: the service's first path answers without a server error; a path: it answers with success. None for "
        "services that only the VPC reaches.",
    )
    overlapping_runs = Choice(
        "Overlapping runs",
        group="Operations",
        options=("SUPERSEDED", "QUEUED"),
        default="SUPERSEDED",
        help="SUPERSEDED lets a newer run, of whatever branch, replace one that waits for a stage; QUEUED keeps all.",
    )
    log_retention = retention_days()
    key_arn = Requires(contract.KEY_ARN)
    critical_topic = Requires(contract.CRITICAL_TOPIC_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)
    info_topic = Requires(contract.INFO_TOPIC_ARN)
    access_log_bucket = Requires(contract.ACCESS_LOG_BUCKET)
