"""Notices in the inbox of a candidate group."""
