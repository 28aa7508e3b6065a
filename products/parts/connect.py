"""Service Connect: how a service is found and reached by the other services of the cluster."""

from __future__ import annotations

from awacs import acm_pca, kms, secretsmanager
from awacs.aws import ArnLike, StringEquals
from troposphere import If, Not, NoValue, Sub
from troposphere.ecs import (
    ServiceConnectClientAlias,
    ServiceConnectService,
    ServiceConnectTlsCertificateAuthority,
    ServiceConnectTlsConfiguration,
)
from troposphere.iam import Role

from factory.authoring import Parameter, Stack, Text
from factory.authoring.policy import allow
from products.parts.alarms import Computed
from products.parts.container_questions import NETWORK
from products.parts.roles import service_role
from products.parts.servers import PORT_NAME
from products.parts.service_questions import ServerQuestions

PORT = 80
"""Where clients find every service, whatever port its container listens on; their own proxy listens there."""
_HAS_AUTHORITY = "HasAuthority"
# Certificates that are no authority themselves (AWS Private CA User Guide, "Understanding certificate templates").
_END_ENTITY = "arn:${AWS::Partition}:acm-pca:::template/EndEntityCertificate/V1"
# Marks a secret as Service Connect's before anybody tags it.
_OWNER = "secretsmanager:ResourceTag/aws:secretsmanager:owningService"


def authority_question() -> Text:
    """Whose certificates encrypt what services send each other."""
    return Text(
        "Certificate authority",
        group=NETWORK,
        default="",
        pattern=r"(arn:[a-z-]+:acm-pca:[a-z0-9-]+:\d{12}:certificate-authority/[0-9a-f-]{36})?",
        constraint="Empty, or the ARN of a private certificate authority.",
        help="ARN of an AWS Private CA, tagged AmazonECSManaged=true, whose certificates encrypt the way from the "
        "proxies of clients to this service's; empty for no encryption within the VPC.",
    )


def served(stack: Stack, questions: ServerQuestions, authority: Parameter) -> ServiceConnectService:
    """What other services reach under the service's own name; with TLS where an authority is given."""
    stack.condition(_HAS_AUTHORITY, Not(authority.equals("")))
    tls = ServiceConnectTlsConfiguration(
        IssuerCertificateAuthority=ServiceConnectTlsCertificateAuthority(AwsPcaAuthorityArn=authority.expression()),
        KmsKey=questions.key_arn,
        RoleArn=_certificate_role(stack, questions, authority).get_att("Arn"),
    )
    return ServiceConnectService(
        PortName=PORT_NAME,
        DiscoveryName=questions.service_name,
        ClientAliases=[ServiceConnectClientAlias(DnsName=questions.service_name, Port=PORT)],
        Tls=If(_HAS_AUTHORITY, tls, NoValue),
    )


def _certificate_role(stack: Stack, questions: ServerQuestions, authority: Parameter) -> Role:
    """What ECS needs to issue certificates and keep them as secrets of its own; of AWS's managed policy for it what
    concerns this account and authority (AWS Managed Policy Reference,
    "AmazonECSInfrastructureRolePolicyForServiceConnectTransportLayerSecurity").
    """
    secrets = Sub("arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}:secret:ecs-sc!*")
    services = Sub("arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:service/*")
    certificates = [
        acm_pca.DescribeCertificateAuthority,
        acm_pca.GetCertificate,
        acm_pca.GetCertificateAuthorityCertificate,
    ]
    keep = [
        secretsmanager.GetSecretValue,
        secretsmanager.PutSecretValue,
        secretsmanager.UpdateSecret,
        secretsmanager.UpdateSecretVersionStage,
        secretsmanager.RotateSecret,
        secretsmanager.DeleteSecret,
    ]
    return service_role(
        stack,
        "CertificateRole",
        "ecs",
        [
            allow(
                "MakeSecret",
                [secretsmanager.CreateSecret, secretsmanager.TagResource],
                secrets,
                when=[
                    StringEquals({"aws:RequestTag/AmazonECSManaged": "true"}),
                    ArnLike({"aws:RequestTag/AmazonECSCreated": services}),
                ],
            ),
            allow("KeepSecret", keep, secrets, when=[StringEquals({_OWNER: "ecs-sc"})]),
            allow("SeeSecret", [secretsmanager.DescribeSecret], secrets),
            allow("SeeCertificates", certificates, authority.expression()),
            allow(
                "IssueCertificate",
                [acm_pca.IssueCertificate],
                authority.expression(),
                when=[ArnLike({"acm-pca:TemplateArn": Sub(_END_ENTITY)})],
            ),
            allow(
                "EncryptSecret",
                [kms.Decrypt, kms.Encrypt, kms.GenerateDataKey, kms.GenerateDataKeyPair],
                questions.key_arn,
            ),
        ],
        condition=_HAS_AUTHORITY,
    )


def url() -> Sub:
    """The address that clients use; their proxies encrypt what goes further."""
    return Sub("http://${ServiceName}")


def failed_calls(questions: ServerQuestions) -> Computed:
    """How many 5xx answers of the service its clients in this cluster got, as their proxies tell it.

    Under the name alone CloudWatch adds up the services of that name of all clusters; with the cluster, it has a metric
    for each client (ECS Developer Guide, "Amazon ECS CloudWatch metrics"). A service that speaks gRPC has none of them.
    """
    query = (
        'SELECT SUM(HTTPCode_Target_5XX_Count) FROM SCHEMA("AWS/ECS", ClusterName, ServiceName, TargetDiscoveryName) '
        "WHERE ClusterName = '${Cluster}' AND TargetDiscoveryName = '${ServiceName}'"
    )
    return Computed(expression=Sub(query, Cluster=questions.cluster_name))
