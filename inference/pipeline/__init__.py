"""Gate, prepare, predict, restore to patient space; the worker process."""
