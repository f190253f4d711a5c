"""The figures that Roost states, measured: `roost bench NAME`, or `roost bench all`."""
