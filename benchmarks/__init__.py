"""The promised figures, measured: `roost bench NAME`, or `roost bench all`."""
