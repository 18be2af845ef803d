"""What the runs say: outcome shares with their intervals, and the frontier they are measured by."""
