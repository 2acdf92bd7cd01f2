"""Do the definitions of bpmn/ do what they say? Every path, every node, every picture, every form."""
