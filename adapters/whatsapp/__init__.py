"""WhatsApp through Meta's Cloud API: webhook in, messages out. Facts: whatsapp.md (2026-11)."""
