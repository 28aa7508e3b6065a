"""What the factory costs in calls to AWS and in time, measured on the sandbox: `python -m benchmarks`."""
