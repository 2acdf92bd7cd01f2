"""Hazards that come from a workbook: read, judged row by row, opened like those of the form."""
