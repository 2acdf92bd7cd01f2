"""Indicators of a plan, their yearly values, and the appraisals that freeze them (003)."""
