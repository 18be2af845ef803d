"""The table: negotiations in which people sit, on one or both sides, move by move."""
