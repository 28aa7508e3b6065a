"""The templates of versions: of the code's current ones, and of those that were published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factory.aws.artifacts import ArtifactStore
from factory.catalog.model import ProductName, VersionName
from factory.synthesis.artifact import Artifact
from factory.synthesis.reading import template_data


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """Each is fetched once, when it is first asked for."""

    artifacts: Mapping[ProductName, Artifact]
    store: ArtifactStore
    _known: dict[tuple[ProductName, VersionName], Mapping[str, Any]] = field(default_factory=dict)

    def published(self, product: ProductName, version: VersionName) -> Mapping[str, Any]:
        """The template of a published version. Raises CatalogError where there is none."""
        key = product, version
        if key not in self._known:
            self._known[key] = template_data(self.store.get(product, version))
        return self._known[key]

    def of(self, product: ProductName, version: VersionName) -> Mapping[str, Any]:
        """The template of a version, the code's if it is the code's, else the published one."""
        artifact = self.artifacts.get(product)
        return artifact.template if artifact and artifact.version == version else self.published(product, version)
