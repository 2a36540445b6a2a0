{{/*
What runs besides the service, as JSON: `workers`, `jobs` and `cronJobs`, each a list of the values that the
templates of the service render it from. A component has the node, the account, the security and the variables of
the service, unless it says otherwise; everything else starts from the defaults below. Names and labels are
checked here, because what shares a name or a label with the service would get its traffic.
*/}}
{{- define "service.components" -}}
{{- $found := dict "workers" list "jobs" list "cronJobs" list -}}
{{- if or .Values.workers .Values.jobs .Values.cronJobs -}}
{{- $seen := dict -}}
{{- range $kind := list "workers" "jobs" "cronJobs" -}}
{{- range $name, $given := get $.Values $kind -}}
{{- if hasKey $seen $name -}}
{{- fail (printf "%s.%s and %s.%s have the same name, and so the same labels: rename one of them" (get $seen $name) $name $kind $name) -}}
{{- end -}}
{{- $_ := set $seen $name $kind -}}
{{- $component := fromJson (include "service.component" (dict "context" $ "name" $name "given" ($given | default dict) "kind" $kind)) -}}
{{- if eq $kind "jobs" }}{{ include "service.secretsInTime" (dict "context" $ "job" $component "name" $name) }}{{ end -}}
{{- $_ := set $found $kind (append (get $found $kind) $component) -}}
{{- end -}}
{{- end -}}
{{- include "service.distinctServices" (dict "context" . "workers" $found.workers) -}}
{{- end -}}
{{- toJson $found -}}
{{- end -}}

{{/* The values of one component as JSON. Takes `context`, `name`, `given` and `kind`. */}}
{{- define "service.component" -}}
{{- $main := .context.Values -}}
{{- $at := printf "%s.%s" .kind .name -}}
{{- $owner := include "service.fullname" .context -}}
{{- $fullname := printf "%s-%s" $owner .name -}}
{{- $most := ternary 52 63 (eq .kind "cronJobs") -}}
{{- if gt (len $fullname) $most -}}
{{- fail (printf "%s: the name %q has %d characters, where Kubernetes allows %d" $at $fullname (len $fullname) $most) -}}
{{- end -}}
{{- if eq $main.nameOverride $fullname -}}
{{- fail (printf "%s: nameOverride is %q, so the service would select the pods of this as well: rename one of them" $at $fullname) -}}
{{- end -}}
{{- $values := omit (deepCopy $main) "workers" "jobs" "cronJobs" "ingress" "extraIngresses" "extraServices" "externalSecrets" "extraObjects" -}}
{{- range $key, $default := fromYaml (include "service.componentDefaults" .) }}{{ $_ := set $values $key $default }}{{ end -}}
{{- $_ := set $values "rollout" nil -}}
{{- $_ := set $values "workload" (dict "kind" "Deployment" "updateStrategy" (.given.updateStrategy | default dict)) -}}
{{- $_ := set $values.networkPolicy "ingress" list -}}
{{- $apart := eq (include "service.runsApart" .) "true" -}}
{{- $account := $main.serviceAccount.name | default (ternary $owner "default" $main.serviceAccount.create) -}}
{{- if and $apart $main.serviceAccount.create }}{{ $account = "default" }}{{ end -}}
{{- $_ := set $values "serviceAccount" (dict "create" false "automount" $main.serviceAccount.automount "name" "" "annotations" dict) -}}
{{- range $map := list "nodeSelector" "dnsConfig" -}}
{{- if hasKey $.given $map }}{{ $_ := set $values $map dict }}{{ end -}}
{{- end -}}
{{- $own := omit .given "image" "imageName" "shareEnv" "env" "updateStrategy" -}}
{{- $values = fromJson (include "service.laidOver" (dict "base" $values "given" $own)) -}}
{{- if not (or $values.serviceAccount.create $values.serviceAccount.name) }}{{ $_ := set $values.serviceAccount "name" $account }}{{ end -}}
{{- $_ := set $values "component" .name -}}
{{- $_ := set $values "owner" $owner -}}
{{- $_ := set $values "at" (printf "%s." $at) -}}
{{- $_ := set $values "fullnameOverride" $fullname -}}
{{- $_ := set $values "nameOverride" "" -}}
{{- $env := dict -}}
{{- if ne (toString .given.shareEnv) "false" -}}
{{- $env = deepCopy $main.env -}}
{{- if $apart }}{{ $env = fromJson (include "service.laidOver" (dict "base" (deepCopy $main.config) "given" $env)) }}{{ else }}{{ $_ := set $values "config" $main.config }}{{ end -}}
{{- $_ := set $values "envFrom" (concat $main.envFrom $values.envFrom) -}}
{{- $_ := set $values "secretRefs" (concat $main.secretRefs $values.secretRefs | uniq) -}}
{{- end -}}
{{- range $name, $body := .given.env }}{{ $_ := set $env $name $body }}{{ end -}}
{{- $_ := set $values "env" $env -}}
{{- if ne .kind "workers" -}}
{{- $_ := set $values "restartPolicy" ($values.restartPolicy | default "Never") -}}
{{- end -}}
{{- if and .given.image .given.imageName -}}
{{- fail (printf "%s has image and imageName: remove one of them" $at) -}}
{{- else if .given.image -}}
{{- $_ := set $values "image" (fromJson (include "service.laidOver" (dict "base" (dict "pullPolicy" "IfNotPresent") "given" .given.image))) -}}
{{- $_ := set $values "imageAt" (printf "%s.image" $at) -}}
{{- else if .given.imageName -}}
{{- $image := fromJson (include "service.imageNamed" (dict "context" .context "name" .given.imageName "where" (printf "%s.imageName" $at))) -}}
{{- $_ := set $values "image" (fromJson (include "service.laidOver" (dict "base" (dict "pullPolicy" "IfNotPresent") "given" $image))) -}}
{{- $_ := set $values "imageAt" (printf "images.%s" .given.imageName) -}}
{{- end -}}
{{- toJson $values -}}
{{- end -}}

{{/*
Whether a job runs when the ServiceAccount and the ConfigMap of the service may not exist: before they are applied for
the first time, or after they are deleted.
*/}}
{{- define "service.runsApart" -}}
{{- $hook := .given.hook | default "PreSync" -}}
{{- $early := and (eq $hook "Sync") (lt (int64 (.given.syncWave | default 0)) 0) -}}
{{- and (eq .kind "jobs") (or $early (has $hook (list "PreSync" "SyncFail" "PostDelete"))) -}}
{{- end -}}

{{/*
Fails if a job waits for a Secret that an ExternalSecret of this release has not made yet, or not any more. Takes
`context`, `job` (its values) and `name`.
*/}}
{{- define "service.secretsInTime" -}}
{{- $hook := .job.hook | default "PreSync" -}}
{{- $wave := int64 (.job.syncWave | default 0) -}}
{{- $needs := .job.secretRefs -}}
{{- range .job.env -}}
{{- if kindIs "map" . }}{{ $needs = append $needs ((.valueFrom | default dict).secretKeyRef | default dict).name }}{{ end -}}
{{- end -}}
{{- range $secret := .context.Values.externalSecrets -}}
{{- $target := .target | default dict -}}
{{- $made := $target.name | default .name -}}
{{- $notes := .annotations | default dict -}}
{{- $early := eq (get $notes "argocd.argoproj.io/hook") "PreSync" -}}
{{- $before := lt (get $notes "argocd.argoproj.io/sync-wave" | default "0" | int64) $wave -}}
{{- if has $made $needs -}}
{{- if and (eq $hook "PostDelete") (ne ($target.creationPolicy | default "Owner") "Orphan") -}}
{{- fail (printf "jobs.%s (PostDelete) needs the Secret %q, which is deleted with its ExternalSecret: use PreDelete, or set shareEnv to false" $.name $made) -}}
{{- end -}}
{{- if and (not $early) (or (eq $hook "PreSync") (and (eq $hook "Sync") (lt $wave 0) (not $before))) -}}
{{- fail (printf "jobs.%s (%s) needs the Secret %q before its ExternalSecret is applied, so the first sync would hang: set hook to Sync and syncWave to -1, and annotate the ExternalSecret with argocd.argoproj.io/sync-wave \"-2\"" $.name $hook $made) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
One map laid over another, as JSON: maps are merged, everything else is replaced. Unlike `merge`, it takes `false`,
0 and empty lists for what they are. Takes `base` and `given`.
*/}}
{{- define "service.laidOver" -}}
{{- $base := .base -}}
{{- range $key, $value := .given -}}
{{- $below := get $base $key -}}
{{- if and (kindIs "map" $value) (kindIs "map" $below) -}}
{{- $value = fromJson (include "service.laidOver" (dict "base" $below "given" $value)) -}}
{{- end -}}
{{- $_ := set $base $key $value -}}
{{- end -}}
{{- toJson $base -}}
{{- end -}}

{{/* What a component has unless it says otherwise, where that is not what the service has. */}}
{{- define "service.componentDefaults" -}}
annotations: {}
podAnnotations: {}
podLabels: {}
containerName: ""
command: []
args: []
env: {}
envFrom: []
config: {}
secretRefs: []
containerPorts: []
startupProbe: {}
livenessProbe: {}
readinessProbe: {}
resources: {}
lifecycle: {}
terminationGracePeriodSeconds: 30
affinity: {}
topologySpreadConstraints: []
volumes: []
volumeMounts: []
initContainers: []
extraContainers: []
extraPodSpec: {}
replicaCount: 1
revisionHistoryLimit: 3
minReadySeconds: 0
progressDeadlineSeconds: 600
service:
  enabled: false
  type: ClusterIP
  clusterIP: ""
  port: 80
  targetPort: http
  portName: http
  appProtocol: ""
  nodePort: 0
  extraPorts: []
  annotations: {}
  labels: {}
  externalTrafficPolicy: ""
  loadBalancerClass: ""
  loadBalancerSourceRanges: []
autoscaling:
  enabled: false
  minReplicas: 2
  maxReplicas: 10
  targetCPUUtilizationPercentage: 0
  targetMemoryUtilizationPercentage: 0
  metrics: []
  behavior: {}
podDisruptionBudget:
  enabled: true
  minAvailable: ""
  maxUnavailable: 1
serviceMonitor:
  enabled: false
  port: http
  path: /metrics
  interval: ""
  scrapeTimeout: ""
  labels: {}
  relabelings: []
  metricRelabelings: []
{{- end -}}

{{/* The names of all Services of the service itself, but for the one of a StatefulSet, as a JSON list. */}}
{{- define "service.serviceNames" -}}
{{- $names := list -}}
{{- $fullname := include "service.fullname" . -}}
{{- if .Values.service.enabled -}}
{{- range (fromJson (include "service.plan" .)).services }}{{ $names = append $names .name }}{{ end -}}
{{- range $suffix, $_ := .Values.extraServices }}{{ $names = append $names (printf "%s-%s" $fullname $suffix) }}{{ end -}}
{{- end -}}
{{- if .Values.serviceMonitor.enabled }}{{ $names = append $names (printf "%s-metrics" $fullname) }}{{ end -}}
{{- toJson $names -}}
{{- end -}}

{{/* Fails if a Service of a worker has the name of another one. Takes `context` and `workers`. */}}
{{- define "service.distinctServices" -}}
{{- $seen := fromJsonArray (include "service.serviceNames" .context) -}}
{{- if eq (include "service.kind" .context) "StatefulSet" }}{{ $seen = append $seen (include "service.governing" .context) }}{{ end -}}
{{- range .workers -}}
{{- $names := list -}}
{{- if .service.enabled }}{{ $names = append $names .fullnameOverride }}{{ end -}}
{{- if .serviceMonitor.enabled }}{{ $names = append $names (printf "%s-metrics" .fullnameOverride) }}{{ end -}}
{{- range $name := $names -}}
{{- if has $name $seen }}{{ fail (printf "two Services are called %q: rename worker %s" $name (quote $name)) }}{{ end -}}
{{- if gt (len $name) 63 }}{{ fail (printf "the Service name %q has %d characters, where Kubernetes allows 63" $name (len $name)) }}{{ end -}}
{{- $seen = append $seen $name -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The spec of a Job. */}}
{{- define "service.jobSpec" -}}
{{- with pick .Values "parallelism" "completions" "completionMode" "backoffLimit" "backoffLimitPerIndex" "maxFailedIndexes" "podFailurePolicy" "podReplacementPolicy" "activeDeadlineSeconds" "ttlSecondsAfterFinished" }}
{{- toYaml . }}
{{ end -}}
template:
  {{- include "service.podTemplate" . | nindent 2 }}
{{- end -}}
