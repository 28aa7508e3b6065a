"""The factory's own pipeline, as the manifests ask for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """Where the catalog's repository is, and what of it starts the pipeline."""

    connection: str
    """The ARN of the connection to the Git provider (AWS CodeConnections), which somebody has authorized."""
    repository: str
    """Its full name at the provider, such as `acme/catalog`."""
    branch: str = "main"
    paths: tuple[str, ...] = ()
    """Patterns of files, one of which a push has to touch; every push counts where there is none."""
    pull_requests: bool = False
    """Whether a pull request to the branch is validated and planned."""
    notify: tuple[str, ...] = ()
    """E-mail addresses that hear of approvals and failures."""
