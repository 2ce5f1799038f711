"""Statistics from the ledger of a database file, told as a table, JSON, CSV or a page."""
