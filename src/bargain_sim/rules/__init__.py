"""The rules of one negotiation, each written once, in plain scalar Python.

A rule is a small function of `Terms` (what the scenario says), `State` (what has happened), the
turn and the uniform draws handed in.  It touches numbers and indexable sequences only: the same
text runs on lists (plain Python, Mesa) and, compiled, on arrays.  Hence no NumPy call, no object,
no generator, no `sum`, no `**2`, and float literals where floats are meant.

The reference for every rule is the model description in docs/model.md; module docstrings name its
sections.
"""
