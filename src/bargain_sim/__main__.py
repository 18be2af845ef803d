"""`python -m bargain_sim` is `bargain`."""

import sys

from bargain_sim.cli import main

sys.exit(main())
