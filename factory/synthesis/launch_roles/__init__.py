"""The roles under which Service Catalog launches products, read off the products' templates."""

from factory.synthesis.launch_roles.reach import UNSCOPED
from factory.synthesis.launch_roles.role import LaunchRole, launch_role, launch_roles, role_name
from factory.synthesis.launch_roles.template import LEDGER, STACK_NAME, ledger, roles_template

__all__ = [
    "LEDGER",
    "STACK_NAME",
    "UNSCOPED",
    "LaunchRole",
    "launch_role",
    "launch_roles",
    "ledger",
    "role_name",
    "roles_template",
]
