"""What the engine costs beside stock SpiffWorkflow and beside its own statements without an engine."""
