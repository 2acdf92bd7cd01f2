"""Campaigns: templates, scope, preview, launch, phases."""
