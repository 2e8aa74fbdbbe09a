"""Claims about planes, grids and grey."""
