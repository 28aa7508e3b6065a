"""The accounts of the hub and the environments as clients of AWS: credentials, retries and a count of the calls."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable
from functools import partial
from importlib.metadata import version
from typing import Any

from botocore.config import Config
from botocore.credentials import (
    AssumeRoleCredentialFetcher,
    CredentialProvider,
    CredentialResolver,
    DeferredRefreshableCredentials,
)
from botocore.loaders import create_loader
from botocore.session import Session

from factory.aws.errors import HINTS, translated
from factory.catalog.environments import Access, Duty, Environment, Hub
from factory.catalog.model import AccountId, EnvironmentName, Place, Region
from factory.errors import CatalogError

SESSION_NAME = "factory"

_NO_TRUST = "let the role trust these credentials; its external-id must be that in portfolios/environments.yaml"
_NOT_YET = (
    "factory bootstrap --role NAME, which makes that role, with NAME for one that you may take on; "
    "or let access-from in portfolios/environments.yaml name who you are"
)
_ATTEMPTS = 8
_CONNECTIONS = 32


class Accounts:
    """The hub and the environments, each under its own credentials. Safe to use from several threads.

    Credentials come from the ordinary chain or a profile, and from there by way of a role where one is named. With an
    endpoint (the sandbox) the access key is the account id, and no role is assumed. The first client of an account
    makes sure that the credentials belong to that account; CatalogError where they do not.

    `duty` is what roles are taken on for whose names depend on it. Publisher and reader of an environment's account
    trust those of the hub alone, and so are taken on with the hub's credentials.
    """

    def __init__(
        self,
        hub: Hub,
        environments: Iterable[Environment],
        *,
        endpoint: str | None = None,
        duty: Duty = Duty.LAUNCHER,
    ) -> None:
        self.hub = hub
        self.environments = {environment.name: environment for environment in environments}
        self.calls: Counter[str] = Counter()
        """Requests to AWS so far, by `service:Operation`; those that check an account are not counted."""
        self.calls_by_account: Counter[AccountId] = Counter()
        """The same requests by the account whose credentials they were made with."""
        self._endpoint = endpoint
        self._duty = duty
        # Nobody launches from the hub: who launches elsewhere, only looks there.
        self._hub_access = hub.access.working_as(Duty.READER if duty is Duty.LAUNCHER else duty)
        self._sessions: dict[tuple[AccountId, Access], Session] = {}
        self._clients: dict[tuple[str, AccountId, Access, Region], Any] = {}
        # Reading the models of services takes longer than anything else here, so that sessions share them.
        self._loader = create_loader()
        self._lock = threading.Lock()
        self._calls_lock = threading.Lock()

    def in_hub(self, service: str, region: Region) -> Any:
        """A client of the service (boto3's name for it) in the hub."""
        return self._client(service, "hub", self.hub.account, self._hub_access, region)

    def in_environment(self, service: str, name: EnvironmentName, region: Region) -> Any:
        """A client of the service (boto3's name for it) in the environment's account."""
        environment = self.environments[name]
        return self._client(service, name, environment.account, environment.access.working_as(self._duty), region)

    def in_place(self, service: str, place: Place) -> Any:
        """A client of the service (boto3's name for it) in the account and region of a place."""
        return self.in_environment(service, place.environment, place.region)

    def _client(self, service: str, owner: str, account: AccountId, access: Access, region: Region) -> Any:
        with self._lock:
            key = (service, account, access, region)
            if key not in self._clients:
                session = self._session(owner, account, access, region)
                self._clients[key] = self._make(session, service, region)
                self._clients[key].meta.events.register_last("before-send", partial(self._count, service, account))
            return self._clients[key]

    def _make(self, session: Session, service: str, region: Region) -> Any:
        # The standard mode repeats LimitExceededException, which in Service Catalog is a quota that waiting does not
        # lift; the legacy mode repeats throttling and failed connections only.
        config = Config(
            retries={
                "mode": "legacy" if service == "servicecatalog" else "standard",
                "total_max_attempts": _ATTEMPTS,
            },
            user_agent_extra=f"product-factory/{version('product-factory')}",
            max_pool_connections=_CONNECTIONS,
        )
        return session.create_client(service, region_name=region, endpoint_url=self._endpoint, config=config)

    def _session(self, owner: str, account: AccountId, access: Access, region: Region) -> Session:
        if (account, access) not in self._sessions:
            hint = _NOT_YET if access.duty else _NO_TRUST
            with translated(f"credentials for {owner} (account {account})", {**HINTS, "AccessDenied": hint}):
                session = self._connect(account, access, region)
                actual = self._make(session, "sts", region).get_caller_identity()["Account"]
            if actual != account:
                raise CatalogError(
                    f"credentials for {owner} belong to account {actual}, not to {account}",
                    operation="GetCallerIdentity",
                    code="WrongAccount",
                    hint=f"name a profile or role for {owner} in portfolios/environments.yaml",
                )
            self._sessions[account, access] = session
        return self._sessions[account, access]

    def _connect(self, account: AccountId, access: Access, region: Region) -> Session:
        if self._endpoint:
            # Whatever profile the user's environment names has no part in this.
            isolated = self._new_session(session_vars={"profile": (None, None, None, None)})
            isolated.set_credentials(account, account)
            return isolated
        source = self._new_session(profile=access.profile)
        if access.role_arn is None:
            return source
        if access.duty and account != self.hub.account and access.duty is not Duty.LAUNCHER:
            source = self._session("hub", self.hub.account, self._hub_access, region)
        elif access.duty and self._holds(source, access.role_arn, region):
            return source
        target = self._new_session(profile=access.profile)
        target.register_component("credential_provider", CredentialResolver([_Role(source, access, region)]))
        return target

    def _holds(self, session: Session, role_arn: str, region: Region) -> bool:
        """Whether the credentials are a session of the role already, which a pipeline may begin with."""
        _, _, _, _, account, role = role_arn.split(":", 5)
        arn = str(self._make(session, "sts", region).get_caller_identity()["Arn"])
        return f":{account}:assumed-role/{role.rpartition('/')[2]}/" in arn

    def _new_session(self, **settings: Any) -> Session:
        session = Session(**settings)
        session.register_component("data_loader", self._loader)
        return session

    def _count(self, service: str, account: AccountId, event_name: str, **_: Any) -> None:
        operation = event_name.rpartition(".")[2]
        with self._calls_lock:
            self.calls_by_account[account] += 1
            self.calls[f"{service}:{operation}"] += 1


class _Role(CredentialProvider):
    """Credentials of an assumed role, renewed before they expire."""

    METHOD = "factory-role"
    CANONICAL_NAME = None

    def __init__(self, source: Session, access: Access, region: Region) -> None:
        super().__init__(source)
        self._source = source
        self._access = access
        self._region = region

    def load(self) -> DeferredRefreshableCredentials | None:
        credentials = self._source.get_credentials()
        if credentials is None:
            return None
        external_id = {"ExternalId": self._access.external_id} if self._access.external_id else {}
        fetcher = AssumeRoleCredentialFetcher(
            client_creator=partial(self._source.create_client, region_name=self._region),
            source_credentials=credentials,
            role_arn=str(self._access.role_arn),
            extra_args={"RoleSessionName": SESSION_NAME, **external_id},
        )
        return DeferredRefreshableCredentials(refresh_using=fetcher.fetch_credentials, method=self.METHOD)
