"""Notices: what the master and the administrator are told, in words. No flow, and no row says these."""
