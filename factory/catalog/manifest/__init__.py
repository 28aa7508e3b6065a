"""The manifests: from the YAML files under `portfolios/` to checked, frozen values."""

from factory.catalog.manifest.load import BLUEPRINTS, load
from factory.catalog.manifest.model import DeclaredPortfolio, Manifest, Offer, Sharing
from factory.catalog.manifest.writing import extended, listed

__all__ = ["BLUEPRINTS", "DeclaredPortfolio", "Manifest", "Offer", "Sharing", "extended", "listed", "load"]
