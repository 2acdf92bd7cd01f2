"""The domain of Bihuan: campaigns, obligations, hazards and the people who answer for them."""
