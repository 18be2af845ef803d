"""One file a command; see `bargain_sim.cli` for how to add one."""
