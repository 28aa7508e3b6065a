"""Which task sizes and counts there are to choose from: what does not exist can't be asked for."""

from __future__ import annotations

# CPU units and the memory (MiB) that goes with them (ECS Developer Guide, "Fargate task size").
_MEMORY: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}
_COUNTS = (*range(1, 11), 12, 15, 20, 25, 30, 40, 50)

SIZES = tuple(f"{cpu}/{memory}" for cpu, fitting in _MEMORY.items() for memory in fitting)
"""Every size of a task on Fargate: CPU units, a slash, and MiB of memory."""
COUNTS = tuple(f"{fewest}-{most}" for fewest in _COUNTS for most in _COUNTS if most >= fewest)
"""How many tasks a service may have: the fewest, a hyphen, and the most."""
