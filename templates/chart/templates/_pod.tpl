{{/* The pod template, the same for everything that runs pods. */}}
{{- define "service.podTemplate" -}}
metadata:
  labels:
    {{- toYaml (mustMergeOverwrite (dict) .Values.podLabels (fromYaml (include "service.componentLabel" .)) (fromYaml (include "service.selectorLabels" .))) | nindent 4 }}
  {{- with .Values.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  serviceAccountName: {{ include "service.serviceAccountName" . | quote }}
  automountServiceAccountToken: {{ .Values.serviceAccount.automount }}
  {{- with fromYaml (include "service.securityContext" .Values.podSecurityContext) }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.priorityClassName }}
  priorityClassName: {{ . | quote }}
  {{- end }}
  terminationGracePeriodSeconds: {{ int64 .Values.terminationGracePeriodSeconds }}
  {{- with .Values.hostAliases }}
  hostAliases:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.dnsPolicy }}
  dnsPolicy: {{ . | quote }}
  {{- end }}
  {{- with .Values.dnsConfig }}
  dnsConfig:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.initContainers }}
  initContainers:
    {{- include "service.containers" (dict "context" $ "containers" . "where" (printf "%sinitContainers" ($.Values.at | default ""))) | nindent 4 }}
  {{- end }}
  containers:
    - {{ include "service.container" . | nindent 6 | trim }}
    {{- with .Values.extraContainers }}
    {{- include "service.containers" (dict "context" $ "containers" . "where" (printf "%sextraContainers" ($.Values.at | default ""))) | nindent 4 }}
    {{- end }}
  {{- with .Values.restartPolicy }}
  restartPolicy: {{ . }}
  {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- range . }}
    - {{ include "service.spread" (dict "context" $ "constraint" (deepCopy .)) | nindent 6 | trim }}
    {{- end }}
  {{- end }}
  {{- if or .Values.volumes .Values.tmpDir }}
  volumes:
    {{- with .Values.volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- if .Values.tmpDir }}
    - name: tmp
      emptyDir: {}
    {{- end }}
  {{- end }}
  {{- with omit .Values.extraPodSpec "imagePullSecrets" "serviceAccountName" "automountServiceAccountToken" "securityContext" "priorityClassName" "terminationGracePeriodSeconds" "hostAliases" "dnsPolicy" "dnsConfig" "initContainers" "containers" "nodeSelector" "affinity" "tolerations" "topologySpreadConstraints" "volumes" (ternary "restartPolicy" "volumes" (hasKey .Values "restartPolicy")) }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* The container. */}}
{{- define "service.container" -}}
name: {{ .Values.containerName | default "app" | quote }}
image: {{ include "service.image" . | quote }}
{{- with .Values.image.pullPolicy }}
imagePullPolicy: {{ . }}
{{- end }}
{{- with .Values.command }}
command:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.args }}
args:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.containerPorts }}
ports:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if or .Values.envFrom .Values.config .Values.secretRefs }}
envFrom:
  {{- with .Values.envFrom }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- if .Values.config }}
  - configMapRef:
      name: {{ include "service.configName" . | quote }}
  {{- end }}
  {{- range .Values.secretRefs }}
  - secretRef:
      name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with .Values.env }}
env:
  {{- range $name, $body := . }}
  - name: {{ $name | quote }}
    {{- toYaml (ternary $body (dict "value" $body) (kindIs "map" $body)) | nindent 4 }}
  {{- end }}
{{- end }}
{{- with .Values.startupProbe }}
startupProbe:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.livenessProbe }}
livenessProbe:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.readinessProbe }}
readinessProbe:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.lifecycle }}
lifecycle:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with fromYaml (include "service.securityContext" .Values.securityContext) }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if or .Values.volumeMounts .Values.tmpDir }}
volumeMounts:
  {{- with .Values.volumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
  {{- if .Values.tmpDir }}
  - name: tmp
    mountPath: /tmp
  {{- end }}
{{- end }}
{{- end -}}

{{/* A security context; a seccomp profile with an empty type is how values files say "none". */}}
{{- define "service.securityContext" -}}
{{- $profile := .seccompProfile | default dict -}}
{{- if and .seccompProfile (not $profile.type) -}}
{{- toYaml (omit . "seccompProfile") -}}
{{- else -}}
{{- toYaml . -}}
{{- end -}}
{{- end -}}

{{/*
A spread constraint, with the selector if it has none, and with the hash of the pod template: pods of the
old version would otherwise count when pods of the new one are placed.
*/}}
{{- define "service.spread" -}}
{{- $defaults := dict "labelSelector" (dict "matchLabels" (fromYaml (include "service.selectorLabels" .context))) -}}
{{- $hash := get (dict "Rollout" "rollouts-pod-template-hash" "StatefulSet" "controller-revision-hash") (include "service.kind" .context) | default "pod-template-hash" -}}
{{- if .context.Values.restartPolicy }}{{ $hash = "batch.kubernetes.io/controller-uid" }}{{ end -}}
{{- $_ := set $defaults "matchLabelKeys" (list $hash) -}}
{{- range $key, $default := $defaults -}}
{{- if not (hasKey $.constraint $key) }}{{ $_ := set $.constraint $key $default }}{{ end -}}
{{- end -}}
{{- toYaml .constraint -}}
{{- end -}}
