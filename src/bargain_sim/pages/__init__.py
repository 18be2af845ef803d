"""Pages: single HTML files that open from a disk, fetch nothing, and work without a mouse."""
