"""The product, measured: each module is one process that prints one JSON object."""
