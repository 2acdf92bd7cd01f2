"""Lists of failing enterprises: drafted by the system, objected to, struck and signed by named people, followed up."""
