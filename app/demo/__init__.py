"""The whole job without a person: the nine steps of the spine, timed and photographed."""
