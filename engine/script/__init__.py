"""Transcripts: what a salon owner can read, write and play on the machine."""
