"""What a report says, read in English and German: conditions, places, sizes, changes."""
