"""What a change does to every object in the cluster: both sides rendered, compared, and each difference explained."""
