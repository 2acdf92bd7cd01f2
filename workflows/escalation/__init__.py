"""The ladder beside every round of work: reminders before the due date, steps up after it."""
