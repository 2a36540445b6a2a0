"""What Tiphys insists on: the rules, the engine that runs them, and which findings count."""
