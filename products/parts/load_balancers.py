"""Application load balancers: HTTPS alone, logged, strict about what they let through."""

from __future__ import annotations

from typing import Any

from troposphere import Sub
from troposphere.certificatemanager import Certificate, DomainValidationOption
from troposphere.ec2 import SecurityGroup
from troposphere.elasticloadbalancingv2 import (
    Action,
    FixedResponseConfig,
    Listener,
    ListenerAttribute,
    LoadBalancer,
    LoadBalancerAttributes,
    RedirectConfig,
)
from troposphere.elasticloadbalancingv2 import Certificate as ListenerCertificate
from troposphere.route53 import AliasTarget, RecordSetType

from factory.authoring import Stack

# The foundation's access-log bucket admits load balancers under this prefix.
_ACCESS_LOG_PREFIX = "alb"
# TLS 1.3 and 1.2, forward secrecy only, post-quantum key exchange for clients that offer it; the policy that AWS
# recommends (Application Load Balancer guide, "Security policies").
_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
TEST_PORT = 8443
"""Where new versions are tested before requests move to them."""
_HEADERS = {
    "routing.http.response.server.enabled": "false",
    "routing.http.response.strict_transport_security.header_value": "max-age=31536000",
    "routing.http.response.x_content_type_options.header_value": "nosniff",
}


def load_balancer(
    stack: Stack,
    title: str,
    *,
    scheme: Any,
    subnets: Any,
    group: SecurityGroup,
    access_log_bucket: Any,
    deletion_protection: Any,
    idle_seconds: Any,
    condition: str,
) -> LoadBalancer:
    """The load balancer itself; invalid headers are dropped and ambiguous requests refused."""
    attributes = {
        "access_logs.s3.enabled": "true",
        "access_logs.s3.bucket": access_log_bucket,
        "access_logs.s3.prefix": _ACCESS_LOG_PREFIX,
        "deletion_protection.enabled": deletion_protection,
        "idle_timeout.timeout_seconds": idle_seconds,
        "routing.http.desync_mitigation_mode": "strictest",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    }
    return stack.add(
        LoadBalancer(
            title,
            Type="application",
            Scheme=scheme,
            Subnets=subnets,
            SecurityGroups=[group.get_att("GroupId")],
            LoadBalancerAttributes=[LoadBalancerAttributes(Key=key, Value=value) for key, value in attributes.items()],
            Condition=condition,
        )
    )


def certificate(stack: Stack, *, domain_name: Any, hosted_zone_id: Any, condition: str) -> Certificate:
    """A certificate for a domain name and every name directly under it, validated in a hosted zone.

    A zone `none` is refused at once, instead of a launch that waits for hours for a record that nobody makes.
    """
    return stack.add(
        Certificate(
            "Certificate",
            DomainName=domain_name,
            SubjectAlternativeNames=[Sub("*.${Name}", Name=domain_name)],
            ValidationMethod="DNS",
            # The names under the wildcard are validated by the same record.
            DomainValidationOptions=[DomainValidationOption(DomainName=domain_name, HostedZoneId=hosted_zone_id)],
            Condition=condition,
        )
    )


def listeners(
    stack: Stack, balancer: LoadBalancer, *, certificate_arn: Any, condition: str, test_condition: str
) -> tuple[Listener, Listener]:
    """The HTTPS listener, which answers 404 until services take their places, and another one like it for tests of new
    versions. Plain HTTP is redirected to the first.
    """
    redirect = RedirectConfig(Protocol="HTTPS", Port="443", StatusCode="HTTP_301")
    stack.add(
        Listener(
            "HttpListener",
            LoadBalancerArn=balancer.ref(),
            Port=80,
            Protocol="HTTP",
            DefaultActions=[Action(Type="redirect", RedirectConfig=redirect)],
            Condition=condition,
        )
    )
    nobody = FixedResponseConfig(StatusCode="404", ContentType="text/plain", MessageBody="No service answers here.")

    def https(title: str, port: int, made_if: str) -> Listener:
        return stack.add(
            Listener(
                title,
                LoadBalancerArn=balancer.ref(),
                Port=port,
                Protocol="HTTPS",
                SslPolicy=_TLS_POLICY,
                Certificates=[ListenerCertificate(CertificateArn=certificate_arn)],
                ListenerAttributes=[ListenerAttribute(Key=key, Value=value) for key, value in _HEADERS.items()],
                DefaultActions=[Action(Type="fixed-response", FixedResponseConfig=nobody)],
                Condition=made_if,
            )
        )

    return https("HttpsListener", 443, condition), https("TestListener", TEST_PORT, test_condition)


def aliases(
    stack: Stack, balancer: LoadBalancer, *, domain_name: Any, hosted_zone_id: Any, condition: str
) -> tuple[RecordSetType, ...]:
    """The records by which a domain name, and every name directly under it, lead to the load balancer."""
    target = AliasTarget(
        HostedZoneId=balancer.get_att("CanonicalHostedZoneID"),
        DNSName=balancer.get_att("DNSName"),
        EvaluateTargetHealth=True,
    )
    return tuple(
        stack.add(
            RecordSetType(
                title, HostedZoneId=hosted_zone_id, Name=name, Type="A", AliasTarget=target, Condition=condition
            )
        )
        for title, name in (
            ("DomainAlias", domain_name),
            ("WildcardAlias", Sub("*.${Name}", Name=domain_name)),
        )
    )
