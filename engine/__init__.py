"""The dialogue core and its ports: no vendor, no flow."""
