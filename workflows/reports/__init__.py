"""Reports of a campaign: the figures they start with, taken on a day and kept, and the versions that were filed."""
