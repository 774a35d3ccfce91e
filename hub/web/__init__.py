"""Staff pages, JSON API, channel webhooks, health."""
