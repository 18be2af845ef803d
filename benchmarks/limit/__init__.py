"""The limit to measure the engine against: its turn loop in C, written by hand."""
