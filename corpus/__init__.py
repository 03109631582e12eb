"""Documents, and how a document becomes sentences with addresses."""
