"""Go's text/template with the functions that Argo CD adds, as far as a text can be evaluated without a cluster."""
