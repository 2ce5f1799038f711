"""The ways to the master and the administrator: events to a webhook, the salon's own WhatsApp, Apprise."""
