"""Stored sweeps: part files of fixed size in Parquet, a manifest, and reading them back."""
