"""Which runs a sweep makes, and in which canonical order: what runs it and what stores it agree here."""
