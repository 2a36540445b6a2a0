{{/*
The name of the workload and the stem of all other names. 52 characters leave room for the longest
suffix within the 63 that a Service may have. Names of workers and jobs are checked where they are made.
*/}}
{{- define "service.fullname" -}}
{{- with .Values.fullnameOverride -}}
{{- if and (gt (len .) 52) (not $.Values.component) -}}
{{- fail (printf "fullnameOverride %q has %d characters; 52 are allowed, so that names such as %q stay below 63" . (len .) (printf "%s-canary" .)) -}}
{{- end -}}
{{- . -}}
{{- else -}}
{{- .Release.Name | replace "." "-" | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Selectors are immutable: nothing that may ever change belongs here. */}}
{{- define "service.selectorLabels" -}}
app.kubernetes.io/name: {{ .Values.nameOverride | default (include "service.fullname" .) | quote }}
app.kubernetes.io/instance: {{ .Release.Name | trunc 63 | trimSuffix "-" | quote }}
{{- end -}}

{{/*
The labels of every object, below which `commonLabels` and labels of its own stand back. The version is
on the workload alone: otherwise each new image would touch the routing objects, too.
*/}}
{{- define "service.labels" -}}
{{- include "service.selectorLabels" . }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* The label of a worker or a job, as a map; empty for the service itself. */}}
{{- define "service.componentLabel" -}}
{{- with .Values.component -}}
app.kubernetes.io/component: {{ . | quote }}
{{- end -}}
{{- end -}}

{{/* `metadata` of an object. Takes `context`, `name`, and maybe `annotations` and `labels`. */}}
{{- define "service.metadata" -}}
name: {{ .name | quote }}
labels:
  {{- $component := fromYaml (include "service.componentLabel" .context) }}
  {{- toYaml (mustMergeOverwrite (dict) .context.Values.commonLabels $component (.labels | default dict) (fromYaml (include "service.labels" .context))) | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* The label with the version, for the workload, if there is a tag to take it from. */}}
{{- define "service.versionLabel" -}}
{{- with .Values.image.tag -}}
app.kubernetes.io/version: {{ . | trunc 63 | trimAll "-_." | quote }}
{{- end -}}
{{- end -}}

{{/* What runs the pods: Rollout, Deployment or StatefulSet. */}}
{{- define "service.kind" -}}
{{- if eq .Values.workload.kind "StatefulSet" -}}
{{- if (.Values.rollout | default dict).strategy -}}
{{- fail "workload.kind is StatefulSet, which has no rollout.strategy: remove the strategy, or use workload.kind Rollout" -}}
{{- end -}}
StatefulSet
{{- else if kindIs "invalid" .Values.rollout -}}Deployment{{- else -}}{{ .Values.workload.kind }}{{- end -}}
{{- end -}}

{{- define "service.apiVersion" -}}
{{- ternary "argoproj.io/v1alpha1" "apps/v1" (eq (include "service.kind" .) "Rollout") -}}
{{- end -}}

{{- define "service.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (ternary (include "service.fullname" .) "default" .Values.serviceAccount.create) -}}
{{- end -}}

{{- define "service.image" -}}
{{- include "service.imageOf" (dict "image" .Values.image "where" (.Values.imageAt | default "image")) -}}
{{- end -}}

{{/* An image with its tag or digest. Takes `image`, and `where` it is in the values. */}}
{{- define "service.imageOf" -}}
{{- $repository := required (printf "%s.repository is empty: say which image to run" .where) .image.repository -}}
{{- if not (or .image.tag .image.digest) -}}
{{- fail (printf "%s.tag and %s.digest are both empty: say which version to run; there is no default" .where .where) -}}
{{- end -}}
{{- with .image.registry }}{{ . }}/{{ end -}}
{{- $repository -}}
{{- if .image.digest }}@{{ .image.digest }}{{ else }}:{{ .image.tag }}{{ end -}}
{{- end -}}

{{/* One of `images` as JSON. Takes `context`, `name`, and `where` it is asked for. */}}
{{- define "service.imageNamed" -}}
{{- $images := .context.Values.images -}}
{{- if not (hasKey $images .name) -}}
{{- fail (printf "%s is %q, which is not one of images (%s)" .where .name (keys $images | sortAlpha | join ", " | default "none")) -}}
{{- end -}}
{{- toJson (get $images .name) -}}
{{- end -}}

{{/*
Init or sidecar containers. One with `imageName` gets that image, one without an image gets that of the main
container. Takes `context`, `containers` and `where`.
*/}}
{{- define "service.containers" -}}
{{- $containers := list -}}
{{- range $container := .containers -}}
{{- $filled := $container -}}
{{- if not $container.image -}}
{{- $filled = deepCopy (omit $container "imageName") -}}
{{- $image := $.context.Values.image -}}
{{- $where := $.context.Values.imageAt | default "image" -}}
{{- with $container.imageName -}}
{{- $asked := printf "%s: imageName of container %q" $.where ($container.name | default "") -}}
{{- $image = fromJson (include "service.imageNamed" (dict "context" $.context "name" . "where" $asked)) -}}
{{- $where = printf "images.%s" . -}}
{{- end -}}
{{- $_ := set $filled "image" (include "service.imageOf" (dict "image" $image "where" $where)) -}}
{{- if and $image.pullPolicy (not $container.imagePullPolicy) }}{{ $_ := set $filled "imagePullPolicy" $image.pullPolicy }}{{ end -}}
{{- else if hasKey $container "imageName" -}}
{{- fail (printf "%s: container %q has image and imageName: remove one of them" $.where ($container.name | default "")) -}}
{{- end -}}
{{- $containers = append $containers $filled -}}
{{- end -}}
{{- toYaml $containers -}}
{{- end -}}

{{/* The name of the ConfigMap made of `config`; another content is another name. */}}
{{- define "service.configName" -}}
{{- printf "%s-config-%s" (.Values.owner | default (include "service.fullname" .)) (.Values.config | toJson | sha256sum | trunc 10) -}}
{{- end -}}

{{/*
The named ports of the pod as a JSON object from name to number: those of the container, and of those
that run beside it.
*/}}
{{- define "service.portNames" -}}
{{- $names := dict -}}
{{- range .Values.containerPorts -}}
{{- if .name -}}{{- $_ := set $names .name (int64 .containerPort) -}}{{- end -}}
{{- end -}}
{{- range concat .Values.initContainers .Values.extraContainers -}}
{{- range .ports -}}
{{- if .name -}}{{- $_ := set $names .name (int64 .containerPort) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{/* A port number as a number, a port name as a text. Takes `context`, `port` and `where`. */}}
{{- define "service.targetPort" -}}
{{- if kindIs "string" .port -}}
{{- $names := fromJson (include "service.portNames" .context) -}}
{{- if not (hasKey $names .port) -}}
{{- fail (printf "%s is %q, but no container port has that name: give containerPorts one, or use its number" .where .port) -}}
{{- end -}}
{{- .port | quote -}}
{{- else -}}
{{- int64 .port -}}
{{- end -}}
{{- end -}}

{{/* The number of pods that Git or the autoscaler guarantees. */}}
{{- define "service.leastReplicas" -}}
{{- int64 (ternary .Values.autoscaling.minReplicas .Values.replicaCount .Values.autoscaling.enabled) -}}
{{- end -}}
