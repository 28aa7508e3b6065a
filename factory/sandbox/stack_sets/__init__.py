"""CloudFormation stack sets, which the emulator lacks: stacks in several accounts and regions, administered from one.

`service` answers the operations and keeps what there is in `state`; `rollout` says in which order an operation goes
through accounts and regions and when it gives up, `deployment` makes one stack in one account.
Sources: AWS CloudFormation User Guide, "Managing stacks across accounts and Regions with StackSets", and the API
Reference. Wordings of refusals are those that users report; where nobody does, they are made up.
"""
