"""The checks, a file each: a function from facts to problems, decorated with `@check`. A new one is a new module."""
