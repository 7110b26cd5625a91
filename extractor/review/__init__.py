"""The audit of labels against pictures, and the review of what it finds by people."""
