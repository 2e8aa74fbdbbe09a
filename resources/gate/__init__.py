"""What words mean to the sentence gate, by language; read by assistant.guarding.vocabulary."""
