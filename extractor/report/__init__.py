"""The report: a run as one HTML file to look at."""
