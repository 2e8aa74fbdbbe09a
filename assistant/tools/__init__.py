"""What the assistant may do: look up free slots and propose an appointment."""
