"""Files, folders and zips to studies and volumes, in a bounded child process."""
