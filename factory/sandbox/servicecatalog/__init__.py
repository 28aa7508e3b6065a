"""Service Catalog for the embedded AWS: requests in, catalog state and launched stacks out.

`core` answers operations and knows no HTTP, `wire` speaks AWS JSON 1.1 in front of it, `stacks` is the only
module that knows the stack engine behind it. None of it was compared with the real service: where the
documentation is silent, the docstring at the spot says which answer was chosen.
"""
