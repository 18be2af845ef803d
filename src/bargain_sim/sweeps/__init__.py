"""Sweeps: many negotiations over a design of points, run in parallel and stored as they come."""
