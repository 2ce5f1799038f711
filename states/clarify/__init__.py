"""Clarify: words that may mean two things are asked about, with the two as buttons."""

from states.clarify.flow import FLOW as FLOW
