"""Which task sizes and counts exist, and the rules that refuse the others before anything is made."""

from __future__ import annotations

from troposphere import Not, Or

from factory.authoring import Parameter, Stack
from products.parts.environment_rules import is_one_of

# CPU units and the memory (MiB) that goes with them (ECS Developer Guide, "Fargate task size").
CPU: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4096 + 1, 1024)),
    1024: tuple(range(2048, 8192 + 1, 1024)),
    2048: tuple(range(4096, 16384 + 1, 1024)),
    4096: tuple(range(8192, 30720 + 1, 1024)),
    8192: tuple(range(16384, 61440 + 1, 4096)),
    16384: tuple(range(32768, 122880 + 1, 8192)),
}
MEMORY = tuple(sorted({memory for sizes in CPU.values() for memory in sizes}))
TASK_COUNTS = (*range(1, 11), 12, 15, 20, 25, 30, 40, 50)


def size_rules(stack: Stack, cpu: Parameter, memory: Parameter) -> None:
    """Refuse a pair of CPU and memory that Fargate does not have."""
    for units, fitting in CPU.items():
        smallest, biggest = min(fitting), max(fitting)
        stack.rule(
            f"MemoryFits{units}Cpu",
            (is_one_of(memory, fitting), f"{units} CPU units go with {smallest} to {biggest} MiB of memory."),
            when=is_one_of(cpu, [units]),
        )


def count_rule(stack: Stack, fewest: Parameter, most: Parameter) -> None:
    """Refuse more tasks at least than at most."""
    stack.rule(
        "FewestTasksAreNotMoreThanMost",
        *(
            (
                Or(
                    Not(is_one_of(fewest, [count])),
                    is_one_of(most, [other for other in TASK_COUNTS if other >= count]),
                ),
                f"{fewest.label} is {count}: {most.label} must not be less.",
            )
            for count in TASK_COUNTS
        ),
    )
