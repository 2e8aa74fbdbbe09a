"""Making the template head of resources/atlas from labelled heads."""
