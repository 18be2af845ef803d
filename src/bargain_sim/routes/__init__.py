"""Routes to endings: milestones of a run, the orders in which they come, and the moments that decide."""
