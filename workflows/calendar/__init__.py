"""Which days are working days: the published calendar, and what was published since."""
