"""A BPMN engine: SpiffWorkflow computes each transition once, instances point at shared markings."""
