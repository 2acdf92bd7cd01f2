"""Notices in the inbox of a candidate group, and what of them goes out to a person's own channels."""
