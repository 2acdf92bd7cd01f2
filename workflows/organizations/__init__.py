"""Who there is: the lead office, departments, towns and enterprises, as one tree."""
