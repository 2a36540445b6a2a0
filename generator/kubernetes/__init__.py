"""What any manifest of Kubernetes or Argo contains, and the controllers' arithmetic; pure reading."""
