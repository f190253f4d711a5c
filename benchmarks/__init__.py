"""The figures that DESIGN.md promises, measured: `roost bench NAME`, or `roost bench all`."""
