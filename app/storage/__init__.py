"""The encrypted database, its shelves, the pixel files and the audit chain."""
