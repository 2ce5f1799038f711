"""The demo page's own files, served as they are."""
