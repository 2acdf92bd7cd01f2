"""What one enterprise must do for one checklist item, from notice to closure."""
