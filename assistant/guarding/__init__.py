"""Red flags, scope, and the gate every machine-worded sentence must pass."""
