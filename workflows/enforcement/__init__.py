"""Enforcement on the enterprises of a signed failing list: visits, orders, re-checks, decisions of named people."""
