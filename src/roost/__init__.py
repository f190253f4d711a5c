"""Roost: a self-hosted social timeline server."""

__version__ = "0.1.0"
