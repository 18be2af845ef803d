"""What `benchmarks/speed.py` is made of: pieces to time, the harness that times them, the report."""
