"""The reading page: images, findings and the report side by side."""
