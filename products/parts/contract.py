"""Every value that one shipped product hands to another, declared once."""

from __future__ import annotations

from factory.authoring import ContractValue, Kind

NONE = "none"
"""Content of a value that the provider was launched without."""

KEY_ARN = ContractValue(
    product="foundation", name="key-arn", description="ARN of the environment's customer-managed key."
)
CRITICAL_TOPIC_ARN = ContractValue(
    product="foundation", name="critical-topic-arn", description="ARN of the topic for alarms that wake someone up."
)
WARNING_TOPIC_ARN = ContractValue(
    product="foundation", name="warning-topic-arn", description="ARN of the topic for alarms of office hours."
)
INFO_TOPIC_ARN = ContractValue(
    product="foundation", name="info-topic-arn", description="ARN of the topic for notices that ask for nothing."
)
LOG_ARCHIVE_BUCKET = ContractValue(
    product="foundation", name="log-archive-bucket", description="Name of the bucket that keeps logs for years."
)
ACCESS_LOG_BUCKET = ContractValue(
    product="foundation",
    name="access-log-bucket",
    description="Name of the bucket that load balancers and buckets write their access logs to.",
)
DOMAIN_NAME = ContractValue(
    product="foundation", name="domain-name", description="The environment's domain name, or none."
)
HOSTED_ZONE_ID = ContractValue(
    product="foundation", name="hosted-zone-id", description="Public hosted zone of the domain name, or none."
)

TRAIL_ARN = ContractValue(
    product="security-baseline", name="trail-arn", description="ARN of the trail that is made here, or none."
)
MFA_POLICY_ARN = ContractValue(
    product="security-baseline",
    name="mfa-policy-arn",
    description="ARN of the managed policy that denies people everything until they prove who they are twice, or none.",
)

VPC_ID = ContractValue(product="network", name="vpc-id", description="The VPC.", kind=Kind.VPC_ID)
VPC_CIDR = ContractValue(product="network", name="vpc-cidr", description="Address range of the VPC.")
PUBLIC_SUBNETS = ContractValue(
    product="network", name="public-subnets", description="Subnets with a route to the internet.", kind=Kind.SUBNET_IDS
)
PRIVATE_SUBNETS = ContractValue(
    product="network",
    name="private-subnets",
    description="Subnets for applications; outgoing traffic only, through NAT.",
    kind=Kind.SUBNET_IDS,
)
PRIVATE_SUBNET_1 = ContractValue(
    product="network", name="private-subnet-1", description="Subnet for applications in the first zone."
)
PRIVATE_SUBNET_2 = ContractValue(
    product="network", name="private-subnet-2", description="Subnet for applications in the second zone."
)
DATA_SUBNETS = ContractValue(
    product="network",
    name="data-subnets",
    description="Subnets for databases and caches; no route to the internet.",
    kind=Kind.SUBNET_IDS,
)

CLUSTER_NAME = ContractValue(product="cluster", name="cluster-name", description="Name of the ECS cluster.")
CLUSTER_ARN = ContractValue(product="cluster", name="cluster-arn", description="ARN of the ECS cluster.")
NAMESPACE_ARN = ContractValue(
    product="cluster", name="namespace-arn", description="ARN of the Cloud Map namespace for Service Connect."
)
EXEC_LOG_GROUP = ContractValue(
    product="cluster",
    name="exec-log-group",
    description="Log group that keeps what people type and see in shells inside containers.",
)
SERVICE_SECURITY_GROUP = ContractValue(
    product="cluster",
    name="service-security-group",
    description="Security group that every service's tasks carry: lets internal services and data stores know them.",
    kind=Kind.SECURITY_GROUP_ID,
)
BALANCER_SECURITY_GROUP = ContractValue(
    product="cluster",
    name="balancer-security-group",
    description="Security group of the load balancer; tasks take traffic from it alone.",
    kind=Kind.SECURITY_GROUP_ID,
)
LISTENER_ARN = ContractValue(
    product="cluster", name="listener-arn", description="ARN of the load balancer's HTTPS listener."
)
TEST_LISTENER_ARN = ContractValue(
    product="cluster",
    name="test-listener-arn",
    description="ARN of the listener by which a new version is tested before requests move to it.",
)
BALANCER_FULL_NAME = ContractValue(
    product="cluster",
    name="balancer-full-name",
    description="The load balancer as CloudWatch names it, `app/name/id`.",
)
BALANCER_DNS_NAME = ContractValue(
    product="cluster", name="balancer-dns-name", description="Host name under which the load balancer is reached."
)
PRIORITY_FUNCTION_ARN = ContractValue(
    product="cluster",
    name="priority-function-arn",
    description="ARN of the function from which a service takes a free listener priority.",
)

PUBLIC_SERVICE_NAME = ContractValue(
    product="microservice-public", name="service-name", description="Name of the ECS service.", named=True
)

INTERNAL_SERVICE_NAME = ContractValue(
    product="microservice-internal", name="service-name", description="Name of the ECS service.", named=True
)
INTERNAL_SERVICE_URL = ContractValue(
    product="microservice-internal",
    name="service-url",
    description="Where other services of the cluster reach this one.",
    named=True,
)

WORKER_SERVICE_NAME = ContractValue(
    product="worker", name="service-name", description="Name of the ECS service.", named=True
)
WORKER_QUEUE_URL = ContractValue(
    product="worker", name="queue-url", description="Address of the worker's own queue.", named=True
)
WORKER_QUEUE_ARN = ContractValue(
    product="worker", name="queue-arn", description="ARN of the worker's own queue.", named=True
)
WORKER_DEAD_LETTER_QUEUE_ARN = ContractValue(
    product="worker", name="dead-letter-queue-arn", description="ARN of its dead-letter queue.", named=True
)

JOB_STATE_MACHINE_ARN = ContractValue(
    product="scheduled-job",
    name="state-machine-arn",
    description="ARN of the workflow that runs the job; an execution of it is a run.",
    named=True,
)

REPOSITORY_URI = ContractValue(
    product="image-repository",
    name="repository-uri",
    description="Address of the repository: what stands before the tag in the name of an image.",
    named=True,
)
REPOSITORY_ARN = ContractValue(
    product="image-repository", name="repository-arn", description="ARN of the repository.", named=True
)
REPOSITORY_NAME = ContractValue(
    product="image-repository", name="repository-name", description="Name of the repository in ECR.", named=True
)

QUEUE_URL = ContractValue(product="queue", name="queue-url", description="Address of the queue.", named=True)
QUEUE_ARN = ContractValue(product="queue", name="queue-arn", description="ARN of the queue.", named=True)
QUEUE_NAME = ContractValue(product="queue", name="queue-name", description="Name of the queue in SQS.", named=True)
DEAD_LETTER_QUEUE_ARN = ContractValue(
    product="queue", name="dead-letter-queue-arn", description="ARN of the dead-letter queue.", named=True
)

FUNCTION_ARN = ContractValue(
    product="function",
    name="function-arn",
    description="ARN of the function, whatever is the newest of it.",
    named=True,
)
FUNCTION_NAME = ContractValue(
    product="function", name="function-name", description="Name of the function in Lambda.", named=True
)
FUNCTION_ALIAS_ARN = ContractValue(
    product="function", name="alias-arn", description="ARN under which the function is to be called.", named=True
)

DEPLOY_ROLE_ARN = ContractValue(
    product="ci-access", name="deploy-role-arn", description="ARN of the role that pipelines deploy with.", named=True
)
PIPELINE_NAME = ContractValue(
    product="delivery-pipeline", name="pipeline-name", description="Name of the pipeline in CodePipeline.", named=True
)
