"""The frameworks of controls that products can be held against, one a file."""

from __future__ import annotations

from collections.abc import Mapping

from factory.catalog.controls import ccpa, cis_aws, gdpr, nist_800_53, pci_dss, platform, soc2
from factory.catalog.controls.framework import Control, Framework, Responsible

__all__ = ["FRAMEWORKS", "Control", "Framework", "Responsible"]

FRAMEWORKS: Mapping[str, Framework] = {
    module.FRAMEWORK.name: module.FRAMEWORK for module in (nist_800_53, soc2, cis_aws, pci_dss, gdpr, ccpa, platform)
}
"""The frameworks by name, those that every product is built for first."""
