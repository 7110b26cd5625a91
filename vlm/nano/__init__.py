"""A PaliGemma of a few million parameters that the project trains from nothing on pages it draws itself."""
