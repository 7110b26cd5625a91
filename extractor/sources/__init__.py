"""Where pictures come from: files and web addresses."""
