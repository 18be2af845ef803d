"""Doors to other people's tools, each an extra that is imported only when it is used."""
