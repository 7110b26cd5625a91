"""The files that people bring and take: questions, labels, answers, traces."""
