"""The stages from a picture to answers, and the values between them: pure, without input or output."""
