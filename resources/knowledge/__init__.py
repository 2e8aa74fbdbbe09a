"""Short passages of medical background in plain words; read by assistant.knowledge."""
