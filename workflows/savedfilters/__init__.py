"""Filters of a list that somebody keeps, alone or for their organisation."""
