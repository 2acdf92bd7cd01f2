"""Duties of government bodies: each duty for each body and period, filed, checked by the lead office, closed."""
