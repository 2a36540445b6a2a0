"""Rules over Rollouts and the workloads that they manage."""
