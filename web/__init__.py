"""The pages: a route parses, makes one call, renders. No rule of the domain lives here."""
