"""The classroom: rooms of people at tables, the teacher's desk, and the explorer, in a browser.

Importing this package imports nothing of it; `bargain serve` goes through `web.serving`, and what goes
over the wire is fixed in `web.messages`.
"""
