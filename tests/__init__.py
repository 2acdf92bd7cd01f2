"""Tests of Bihuan; every test of a database runs on SQLite and on PostgreSQL."""
