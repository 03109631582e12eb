"""Public benchmarks: how the parts of the product do on data that others made. None of it is used for training."""
