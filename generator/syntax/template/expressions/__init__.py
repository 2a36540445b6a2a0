"""The expressions of structural templates: a closed language over plain data, in which every step is paid for."""
