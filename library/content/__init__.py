"""Text in, text out: no database, no network, no settings, no Django."""
