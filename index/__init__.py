"""Sentences → chunks → vectors and postings → ranked hits."""
