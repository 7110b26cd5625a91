"""How a reader is fine-tuned: data from labelled rows, training of an adapter, one model of base and adapter."""
