"""Data that ships with the project, and the generator that made it."""
