{{- define "session.ca" -}}
{{- $ca := genCA "session" 365 -}}
{{- $ca.Cert | b64enc -}}
{{- end -}}
