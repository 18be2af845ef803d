"""Scenarios: what may be written, how it is read, where each number comes from."""
