"""Roost: a self-hosted social timeline server."""
