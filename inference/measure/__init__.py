"""Label maps to findings in mm and mm3."""
