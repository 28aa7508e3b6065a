"""The manifests: from the YAML files under `portfolios/` to checked, frozen values."""

from factory.catalog.manifest.load import load
from factory.catalog.manifest.model import (
    DeclaredPortfolio,
    Manifest,
    Offer,
    Sharing,
    System,
    SystemDefaults,
    SystemLaunch,
)

__all__ = ["DeclaredPortfolio", "Manifest", "Offer", "Sharing", "System", "SystemDefaults", "SystemLaunch", "load"]
