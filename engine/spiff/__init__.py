"""The only importer of SpiffWorkflow: parsing, binding, the canonical codec and one step at a time."""
