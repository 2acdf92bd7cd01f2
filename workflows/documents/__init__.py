"""Documents in Word: a template for each kind, which an office may edit, filled with facts."""
