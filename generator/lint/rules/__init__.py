"""What must hold of Kubernetes objects, one file per rule; `every` and `before_helm` list them by id."""
