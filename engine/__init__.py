"""The dialogue core and its ports; it imports no adapter and no flow."""
