"""Package the factory and the products it ships."""

from pathlib import Path

from setuptools import find_namespace_packages, setup

setup(
    name="product-factory",
    version="0.1.0",
    description="An AWS Service Catalog product factory: Python in, compliant launchable products out.",
    long_description=Path("README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    # Namespace packages, so that a company's own `products/` directory extends the shipped one.
    packages=find_namespace_packages(
        include=["factory", "factory.*", "products", "products.*", "buildspecs", "portfolios"]
    ),
    # Templates carry the buildspecs, which stand beside the products as they do here; new repositories get blueprints.
    package_data={
        "factory": ["py.typed", "cli/skeleton/*"],
        "products": ["**/*.py"],
        "buildspecs": ["*.yml"],
        "portfolios": ["blueprints.yaml"],
    },
    install_requires=[
        "troposphere>=4.11",
        "awacs>=2.6",
        "boto3>=1.43",
        "cfn-lint>=1.58",
        "click>=8.2",
        "rich>=14.0",
        "PyYAML>=6.0.2",
    ],
    extras_require={
        # The emulator is young and pins botocore, hence an exact version in an extra of its own.
        "sandbox": ["ministack==1.5.33", "hypercorn>=0.18", "cbor2>=6.0", "defusedxml>=0.7", "regex>=2026.1"],
        "test": [
            "product-factory[sandbox]",
            "pytest>=9.0",
            "pytest-xdist>=3.8",
            "hypothesis>=6.150",
            "parliament>=1.6",
            # parliament reads its data through pkg_resources, which later ones leave out.
            "setuptools<81",
            "compliance-trestle>=5.2",
            "mypy>=2.0",
            "ruff>=0.17",
            "types-PyYAML>=6.0",
            "types-defusedxml>=0.7",
            "boto3-stubs[servicecatalog,cloudformation,s3,sts,ssm,iam,ec2]>=1.43",
        ],
    },
    entry_points={"console_scripts": ["factory = factory.cli.main:main"]},
)
