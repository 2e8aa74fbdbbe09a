"""Short passages of medical background in plain words; read by assistant.drafting.knowledge."""
