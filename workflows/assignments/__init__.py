"""Who of several does a task: claim, hand over, delegate, remind me later, stand in."""
