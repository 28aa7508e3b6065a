"""The controls of which several house rules are evidence, by what these rules see to."""

_CONFIDENTIAL_ON_THE_WAY = ("nist-800-53/AC-17(2)", "nist-800-53/SC-8", "nist-800-53/SC-8(1)")
_DEMANDED_ON_THE_WAY = ("soc2/CC6.7", "pci-dss/4.2.1", "gdpr/32", "platform/encryption-in-transit")

ENCRYPTED_ON_THE_WAY = (*_CONFIDENTIAL_ON_THE_WAY, *_DEMANDED_ON_THE_WAY)
"""Nothing travels in plain."""

SPEAKS_MODERN_TLS = (*_CONFIDENTIAL_ON_THE_WAY, "nist-800-53/SC-13", "nist-800-53/SC-23", *_DEMANDED_ON_THE_WAY)
"""What travels is encrypted as is safe today, and the other side is who it says."""

NO_PLAIN_SECRETS = ("nist-800-53/IA-5(7)", "nist-800-53/SC-28", "soc2/CC6.1", "pci-dss/8.6.2", "gdpr/32")
"""No secret lies where many may read it."""

STILL_SUPPORTED = ("nist-800-53/SI-2", "nist-800-53/SI-2(2)", "nist-800-53/SA-22", "soc2/CC7.1", "pci-dss/6.3.3")
"""What runs still gets corrections from its maker."""
