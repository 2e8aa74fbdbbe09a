"""Training the anatomy network on images synthesised from label maps, and measuring it."""
