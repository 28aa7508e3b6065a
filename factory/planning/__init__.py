"""From desired and observed catalog to an ordered list of actions, without touching AWS."""
