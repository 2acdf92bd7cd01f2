"""Hazards and the six steps that close them."""
