"""The product `cluster`: where services run, and the load balancer by which the world reaches them."""

from __future__ import annotations

from pathlib import Path

from awacs import elasticloadbalancing, ssm
from troposphere import And, Condition, Equals, If, Not, Or, Sub, Tags
from troposphere.ec2 import SecurityGroup, SecurityGroupRule
from troposphere.ecs import (
    CapacityProviderStrategy,
    Cluster,
    ClusterCapacityProviderAssociations,
    ClusterConfiguration,
    ClusterSetting,
    ExecuteCommandConfiguration,
    ExecuteCommandLogConfiguration,
    ManagedStorageConfiguration,
    ServiceConnectDefaults,
)
from troposphere.elasticloadbalancingv2 import LoadBalancer
from troposphere.servicediscovery import HttpNamespace

from factory.authoring import Choice, Flag, Number, Product, Requires, Sized, Stack, Text
from factory.authoring.policy import allow
from products.parts import contract
from products.parts.balancer_alarms import balancer_alarms
from products.parts.custom_resource import custom_resource_function
from products.parts.environment_rules import only_outside_prod
from products.parts.firewall import firewall
from products.parts.load_balancers import TEST_PORT, aliases, certificate, listeners, load_balancer
from products.parts.logs import log_group, retention_days
from products.parts.peers import PEER, is_group, let_in
from products.parts.security_groups import CLOSED_EGRESS, UNPRIVILEGED_PORTS

_FUNCTIONS = Path(__file__).parent / "functions"
_WORLD = "0.0.0.0/0"
_HAS_TESTS = "HasTestListener"
_TESTS_FROM_VPC = "TestsComeFromVpc"
_TESTS_FROM_GROUP = "TestsComeFromGroup"
# Launches at the same time each want a priority; the locks that the function uses keep them apart.
_PRIORITY_CALLS = 5


class EcsCluster(Product):
    """A place for containers: ECS cluster on Fargate, service discovery, and a load balancer behind a web firewall.

    Launch it after the network. Services find it by themselves, and take their place on the load balancer's listener
    without a number that anyone has to agree upon.
    """

    name = "cluster"
    version = "1.1.1"

    balancer = Choice(
        "Load balancer",
        group="Load balancer",
        options=("internet-facing", "internal", "none"),
        default="internet-facing",
        help="Reached from the internet, only from within the VPC, or none where no service answers to the outside.",
    )
    domain_name = Text(
        "Domain name",
        group="Load balancer",
        default="",
        pattern=r"(([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})?",
        constraint="Empty, or a domain name in lower case, such as dev.example.com.",
        help="Where services are reached: this name and every name directly under it. The foundation's hosted zone "
        "must cover it, unless a certificate is given below.",
    )
    certificate_arn = Text(
        "Certificate",
        group="Load balancer",
        default="",
        pattern=r"(arn:[a-z-]+:acm:[a-z0-9-]+:\d{12}:certificate/.+)?",
        constraint="Empty, or the ARN of an ACM certificate in this region.",
        help="ARN of an ACM certificate; empty to have one made for the domain name and validated by DNS.",
    )
    deletion_protection = Sized(
        "Deletion protection",
        group="Load balancer",
        options=("true", "false"),
        sizes={"dev": "false", "test": "false", "qa": "false", "staging": "false", "prod": "true", "dr": "true"},
        help="Whether the load balancer refuses to be deleted; auto protects it in prod and dr.",
    )
    test_access = Text(
        "Test access",
        group="Load balancer",
        default="vpc",
        pattern=rf"vpc|none|{PEER}",
        constraint="vpc, none, a security group, or a range of addresses from /16 to /32.",
        help=f"Who reaches new versions on port {TEST_PORT} before requests move to them. An internet-facing load "
        "balancer sees what comes from the VPC under the addresses of its NAT gateways.",
    )
    idle_seconds = Number(
        "Idle timeout (seconds)",
        group="Load balancer",
        low=1,
        high=4000,
        default=60,
        help="How long a connection may be silent before the load balancer closes it.",
    )
    firewall_mode = Choice(
        "Firewall",
        group="Web firewall",
        options=("block", "count"),
        default="block",
        help="Block what the rules catch, or only count it while an application is new; known exploits are blocked "
        "either way.",
    )
    requests_per_address = Number(
        "Requests per address",
        group="Web firewall",
        low=100,
        high=2_000_000,
        default=2000,
        help="Requests that one address may send in 5 minutes before it is blocked.",
    )
    blocked_countries = Text(
        "Blocked countries",
        group="Web firewall",
        default="",
        pattern=r"([A-Z]{2}(,[A-Z]{2}){0,49})?",
        constraint="Empty, or two-letter country codes in capitals, joined by commas, such as KP,IR.",
        help="ISO 3166 codes of up to 50 countries whose requests are blocked.",
    )
    large_bodies = Flag(
        "Large request bodies",
        group="Web firewall",
        help="Lets requests with bodies over 8 KB pass, as uploads need; the firewall reads only the first 8 KB.",
    )
    log_retention = retention_days()

    key_arn = Requires(contract.KEY_ARN)
    critical_topic = Requires(contract.CRITICAL_TOPIC_ARN)
    warning_topic = Requires(contract.WARNING_TOPIC_ARN)
    access_log_bucket = Requires(contract.ACCESS_LOG_BUCKET)
    hosted_zone_id = Requires(contract.HOSTED_ZONE_ID)
    vpc_id = Requires(contract.VPC_ID)
    vpc_cidr = Requires(contract.VPC_CIDR)
    public_subnets = Requires(contract.PUBLIC_SUBNETS)
    private_subnets = Requires(contract.PRIVATE_SUBNETS)

    def build(self, stack: Stack) -> None:
        self._cluster(stack)
        services = self._services_group(stack)
        self._conditions(stack)
        group = self._balancer_group(stack, services)
        balancer = self._load_balancer(stack, group)
        firewall(
            stack,
            balancer=balancer,
            key=self.key_arn,
            retention=self.log_retention,
            counts_only=EcsCluster.firewall_mode.equals("count"),
            requests_per_address=self.requests_per_address,
            blocked_countries=EcsCluster.blocked_countries,
            allows_large_bodies=EcsCluster.large_bodies.equals("true"),
            condition="HasBalancer",
        )
        balancer_alarms(
            stack,
            balancer,
            critical_topic=self.critical_topic,
            warning_topic=self.warning_topic,
            condition="HasBalancer",
        )
        self._priorities(stack)

    def _cluster(self, stack: Stack) -> None:
        namespace = stack.add(
            HttpNamespace(
                "Namespace",
                # Services are reached under this name: it must be set, and is unique per region.
                Name=stack.name("services", "${Instance}"),
                Description=Sub("Services of ${Project} in ${Environment}"),
            )
        )
        shells = log_group(stack, "ExecLogs", key=self.key_arn, retention=self.log_retention)
        cluster = stack.add(
            Cluster(
                "Cluster",
                ClusterSettings=[ClusterSetting(Name="containerInsights", Value="enhanced")],
                Configuration=ClusterConfiguration(
                    ExecuteCommandConfiguration=ExecuteCommandConfiguration(
                        KmsKeyId=self.key_arn,
                        Logging="OVERRIDE",
                        LogConfiguration=ExecuteCommandLogConfiguration(
                            CloudWatchLogGroupName=shells.ref(), CloudWatchEncryptionEnabled=True
                        ),
                    ),
                    ManagedStorageConfiguration=ManagedStorageConfiguration(
                        FargateEphemeralStorageKmsKeyId=self.key_arn, KmsKeyId=self.key_arn
                    ),
                ),
                ServiceConnectDefaults=ServiceConnectDefaults(Namespace=namespace.get_att("Arn")),
            )
        )
        stack.add(
            ClusterCapacityProviderAssociations(
                "CapacityProviders",
                Cluster=cluster.ref(),
                CapacityProviders=["FARGATE", "FARGATE_SPOT"],
                DefaultCapacityProviderStrategy=[CapacityProviderStrategy(CapacityProvider="FARGATE", Weight=1)],
            )
        )
        # Container Insights would make this group itself with the first task, unencrypted and kept for ever.
        log_group(
            stack,
            "InsightsLogs",
            key=self.key_arn,
            retention=self.log_retention,
            name=Sub("/aws/ecs/containerinsights/${Cluster}/performance"),
        )
        stack.provide(contract.CLUSTER_NAME, cluster.ref())
        stack.provide(contract.CLUSTER_ARN, cluster.get_att("Arn"))
        stack.provide(contract.NAMESPACE_ARN, namespace.get_att("Arn"))
        stack.provide(contract.EXEC_LOG_GROUP, shells.ref())

    def _services_group(self, stack: Stack) -> SecurityGroup:
        group = stack.add(
            SecurityGroup(
                "ServiceSecurityGroup",
                GroupDescription="Marks the tasks of every service; what they may do stands in their own groups",
                VpcId=self.vpc_id,
                SecurityGroupEgress=[CLOSED_EGRESS],
                Tags=Tags(Name=stack.name("sg", "services")),
            )
        )
        stack.provide(contract.SERVICE_SECURITY_GROUP, group.get_att("GroupId"))
        return group

    def _conditions(self, stack: Stack) -> None:
        has_balancer = Not(EcsCluster.balancer.equals("none"))
        stack.condition("HasBalancer", has_balancer)
        stack.condition("IsInternal", EcsCluster.balancer.equals("internal"))
        stack.condition(_HAS_TESTS, And(Condition("HasBalancer"), Not(EcsCluster.test_access.equals("none"))))
        stack.condition(_TESTS_FROM_VPC, EcsCluster.test_access.equals("vpc"))
        stack.condition(_TESTS_FROM_GROUP, is_group(self.test_access))
        stack.condition("HasDomain", Not(EcsCluster.domain_name.equals("")))
        stack.condition("MakesCertificate", And(Condition("HasBalancer"), EcsCluster.certificate_arn.equals("")))
        stack.condition(
            "MakesAliases",
            And(
                Condition("HasBalancer"),
                Condition("HasDomain"),
                Not(Equals(self.hosted_zone_id, contract.NONE)),
            ),
        )
        stack.rule(
            "BalancerSpeaksHttps",
            (
                Or(Not(EcsCluster.domain_name.equals("")), Not(EcsCluster.certificate_arn.equals(""))),
                "A load balancer needs a domain name, for which a certificate is made, or the ARN of a certificate.",
            ),
            when=has_balancer,
        )
        only_outside_prod(
            stack,
            "BalancerIsProtectedInProd",
            EcsCluster.deletion_protection,
            ["auto", "true"],
            "The load balancer of prod and dr is protected against deletion.",
        )

    def _balancer_group(self, stack: Stack, services: SecurityGroup) -> SecurityGroup:
        admitted = If("IsInternal", self.vpc_cidr, _WORLD)
        group = stack.add(
            SecurityGroup(
                "BalancerSecurityGroup",
                GroupDescription="Load balancer: web traffic in, services out",
                VpcId=self.vpc_id,
                SecurityGroupIngress=[
                    SecurityGroupRule(
                        IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp=admitted, Description=description
                    )
                    for port, description in ((80, "HTTP, only to be redirected to HTTPS"), (443, "HTTPS"))
                ],
                SecurityGroupEgress=[
                    SecurityGroupRule(
                        IpProtocol="tcp",
                        **UNPRIVILEGED_PORTS,
                        DestinationSecurityGroupId=services.get_att("GroupId"),
                        Description="To the services, which alone decide on which port",
                    )
                ],
                Tags=Tags(Name=stack.name("sg", "balancer")),
                Condition="HasBalancer",
            )
        )
        let_in(
            stack,
            "TestIngress",
            group,
            If(_TESTS_FROM_VPC, self.vpc_cidr, self.test_access),
            TEST_PORT,
            "HTTPS to versions that are tested",
            group=_TESTS_FROM_GROUP,
            condition=_HAS_TESTS,
        )
        stack.explain(
            group, "CKV_AWS_260", "Port 80 of a public load balancer is open to redirect to HTTPS and serves nothing"
        )
        stack.provide(contract.BALANCER_SECURITY_GROUP, group.get_att("GroupId"), condition="HasBalancer")
        return group

    def _load_balancer(self, stack: Stack, group: SecurityGroup) -> LoadBalancer:
        balancer = load_balancer(
            stack,
            "LoadBalancer",
            scheme=If("IsInternal", "internal", "internet-facing"),
            subnets=If("IsInternal", self.private_subnets, self.public_subnets),
            group=group,
            access_log_bucket=self.access_log_bucket,
            deletion_protection=self.deletion_protection,
            idle_seconds=self.idle_seconds,
            condition="HasBalancer",
        )
        of_domain = {"domain_name": self.domain_name, "hosted_zone_id": self.hosted_zone_id}
        made = certificate(stack, condition="MakesCertificate", **of_domain)
        listener, test_listener = listeners(
            stack,
            balancer,
            certificate_arn=If("MakesCertificate", made.ref(), self.certificate_arn),
            condition="HasBalancer",
            test_condition=_HAS_TESTS,
        )
        aliases(stack, balancer, condition="MakesAliases", **of_domain)
        host = If("HasDomain", self.domain_name, balancer.get_att("DNSName"))
        for value, content in (
            (contract.LISTENER_ARN, listener.ref()),
            (contract.BALANCER_FULL_NAME, balancer.get_att("LoadBalancerFullName")),
            (contract.BALANCER_DNS_NAME, host),
        ):
            stack.provide(value, content, condition="HasBalancer")
        stack.provide(contract.TEST_LISTENER_ARN, test_listener.ref(), condition=_HAS_TESTS)
        return balancer

    def _priorities(self, stack: Stack) -> None:
        locks = "platform/${Instance}/cluster/priorities"
        function = custom_resource_function(
            stack,
            "PriorityFunction",
            _FUNCTIONS / "listener_priority",
            [
                allow(
                    "KeepPriorities",
                    [ssm.PutParameter, ssm.GetParameter, ssm.DeleteParameter],
                    Sub(f"arn:${{AWS::Partition}}:ssm:${{AWS::Region}}:${{AWS::AccountId}}:parameter/{locks}/*"),
                ),
                # The API knows no permission on a single listener for this.
                allow("SeeRules", [elasticloadbalancing.DescribeRules], "*"),
            ],
            description="Gives services a free priority on the load balancer's listener",
            key=self.key_arn,
            retention=self.log_retention,
            outside_vpc="It talks to SSM and Elastic Load Balancing only: a VPC adds no guard",
            variables={"LOCK_PREFIX": Sub(f"/{locks}")},
            concurrency=_PRIORITY_CALLS,
            condition="HasBalancer",
        )
        stack.provide(contract.PRIORITY_FUNCTION_ARN, function.get_att("Arn"), condition="HasBalancer")
