"""Families of sheets: each makes a scene and records all that it states."""
