"""What people entered when they completed a task; rows are only ever added."""
