"""Another named person signs before a task goes on (加签)."""
