"""The explorer of `bargain serve`: settings in the browser, negotiations from the engine at each change."""
