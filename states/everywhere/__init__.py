"""Everywhere: rows that every state of a kind has, after those of its own flow."""

from states.everywhere.rows import rows as rows
