{{/*
The strategy of the Rollout as JSON: the words of `rollout.strategy`, and the names of the Services that
it needs and does not state. `{}` for a Deployment.
*/}}
{{- define "service.strategy" -}}
{{- $strategy := dict -}}
{{- if eq (include "service.kind" .) "Rollout" -}}
{{- $fullname := include "service.fullname" . -}}
{{- $given := .Values.rollout.strategy | default dict -}}
{{- if and (hasKey $given "canary") (hasKey $given "blueGreen") -}}
{{- fail "rollout.strategy has canary and blueGreen: a Rollout takes one of them" -}}
{{- end -}}
{{- if hasKey $given "blueGreen" -}}
{{- $body := deepCopy ($given.blueGreen | default dict) -}}
{{- if not $body.activeService }}{{ $_ := set $body "activeService" $fullname }}{{ end -}}
{{- if not $body.previewService }}{{ $_ := set $body "previewService" (printf "%s-preview" $fullname) }}{{ end -}}
{{- $strategy = dict "blueGreen" $body -}}
{{- else if hasKey $given "canary" -}}
{{- $body := deepCopy ($given.canary | default dict) -}}
{{- if eq (include "service.splitsByService" $body) "true" -}}
{{- if not $body.stableService }}{{ $_ := set $body "stableService" $fullname }}{{ end -}}
{{- if not $body.canaryService }}{{ $_ := set $body "canaryService" (printf "%s-canary" $fullname) }}{{ end -}}
{{- end -}}
{{- $strategy = dict "canary" $body -}}
{{- else -}}
{{- $strategy = dict "canary" (dict "maxSurge" "25%" "maxUnavailable" 0) -}}
{{- end -}}
{{- end -}}
{{- toJson $strategy -}}
{{- end -}}

{{/*
Whether the router of this canary splits traffic between a stable and a canary Service. Istio by subsets
has one Service, and ping-pong brings two of its own.
*/}}
{{- define "service.splitsByService" -}}
{{- $router := .trafficRouting | default dict -}}
{{- $pingPong := hasKey . "pingPong" -}}
{{- $splits := false -}}
{{- range $name := list "nginx" "smi" "apisix" "ambassador" "appMesh" "traefik" -}}
{{- if hasKey $router $name }}{{ $splits = true }}{{ end -}}
{{- end -}}
{{- if not $pingPong -}}
{{- if hasKey $router "alb" }}{{ $splits = true }}{{ end -}}
{{- if hasKey ($router.plugins | default dict) "argoproj-labs/gatewayAPI" }}{{ $splits = true }}{{ end -}}
{{- if and (hasKey $router "istio") (not (hasKey ($router.istio | default dict) "destinationRule")) }}{{ $splits = true }}{{ end -}}
{{- end -}}
{{- $splits -}}
{{- end -}}

{{/*
Who is called what, as JSON:
  entry     the Service that callers and routes use: the root Service, if the router has one
  main      the Service of the stable or active version
  stable    where a router sends the old version's traffic; canary: the new version's, empty without one
  services  all Services to make, each with `name` and `role`
  router    `canary.trafficRouting`, or {}
*/}}
{{- define "service.plan" -}}
{{- $fullname := include "service.fullname" . -}}
{{- $strategy := fromJson (include "service.strategy" .) -}}
{{- $canary := $strategy.canary | default dict -}}
{{- $router := $canary.trafficRouting | default dict -}}
{{- $entry := $fullname -}}
{{- $main := $fullname -}}
{{- $stable := $fullname -}}
{{- $second := "" -}}
{{- $wanted := list -}}
{{- if hasKey $strategy "blueGreen" -}}
{{- $entry = $strategy.blueGreen.activeService -}}
{{- $main = $entry -}}
{{- $stable = $entry -}}
{{- $wanted = list (dict "role" "active" "name" $entry) (dict "role" "preview" "name" $strategy.blueGreen.previewService) -}}
{{- if eq $entry $strategy.blueGreen.previewService -}}
{{- fail (printf "rollout.strategy.blueGreen: activeService and previewService are both %q" $entry) -}}
{{- end -}}
{{- else -}}
{{- $pingPong := $canary.pingPong | default dict -}}
{{- $roots := list -}}
{{- range list ($router.alb | default dict).rootService ($router.smi | default dict).rootService -}}
{{- if . }}{{ $roots = append $roots . }}{{ end -}}
{{- end -}}
{{- with (($router.appMesh | default dict).virtualService | default dict).name -}}
{{- $roots = append $roots (splitList "." . | first) -}}
{{- end -}}
{{- $entry = $canary.stableService | default ($roots | first | default $fullname) -}}
{{- $stable = $entry -}}
{{- $second = $canary.canaryService | default "" -}}
{{- $main = $entry -}}
{{- $wanted = append $wanted (dict "role" "stable" "name" $entry) -}}
{{- if $second -}}
{{- if eq $entry $second }}{{ fail (printf "rollout.strategy.canary: stableService and canaryService are both %q" $entry) }}{{ end -}}
{{- $wanted = append $wanted (dict "role" "canary" "name" $second) -}}
{{- end -}}
{{- if $pingPong -}}
{{- $stable = required "rollout.strategy.canary.pingPong needs a pingService" $pingPong.pingService -}}
{{- $second = required "rollout.strategy.canary.pingPong needs a pongService" $pingPong.pongService -}}
{{- if eq $stable $second }}{{ fail (printf "rollout.strategy.canary.pingPong: pingService and pongService are both %q" $stable) }}{{ end -}}
{{- $wanted = concat $wanted (list (dict "role" "ping" "name" $stable) (dict "role" "pong" "name" $second)) -}}
{{- end -}}
{{- range $roots }}{{ $wanted = append $wanted (dict "role" "root" "name" .) }}{{ end -}}
{{- if $roots }}{{ $entry = first $roots }}{{ end -}}
{{- end -}}
{{- $services := list -}}
{{- $seen := dict -}}
{{- range $wanted -}}
{{- if gt (len .name) 63 -}}
{{- fail (printf "the strategy names the %s Service %q: %d characters, where Kubernetes allows 63" .role .name (len .name)) -}}
{{- end -}}
{{- if not (hasKey $seen .name) -}}
{{- $services = append $services . -}}
{{- $_ := set $seen .name .role -}}
{{- end -}}
{{- end -}}
{{- if $.Values.service.enabled -}}
{{- range $suffix := concat (keys $.Values.extraServices | sortAlpha) (ternary (list "metrics") (list) $.Values.serviceMonitor.enabled) -}}
{{- $name := printf "%s-%s" $fullname $suffix -}}
{{- if hasKey $seen $name -}}
{{- fail (printf "two Services are called %q: one of extraServices or serviceMonitor, and the %s Service of the strategy" $name (get $seen $name)) -}}
{{- end -}}
{{- if gt (len $name) 63 }}{{ fail (printf "the Service name %q has %d characters, where Kubernetes allows 63" $name (len $name)) }}{{ end -}}
{{- $_ := set $seen $name "other" -}}
{{- end -}}
{{- else if or $second (hasKey $strategy "blueGreen") -}}
{{- fail "rollout.strategy needs Services, but service.enabled is false: enable it, or take a canary without a traffic router" -}}
{{- end -}}
{{- toJson (dict "entry" $entry "main" $main "stable" $stable "canary" $second "services" $services "router" $router) -}}
{{- end -}}

{{/*
One Service of the plan. Takes `context`, `name` and `entry`. Only the Service that callers use gets a load
balancer, and a fixed node port, which no two Services can share.
*/}}
{{- define "service.service" -}}
{{- $service := .context.Values.service -}}
{{- $behind := ne .name .entry -}}
{{- $type := ternary "ClusterIP" $service.type (and $behind (eq $service.type "LoadBalancer")) -}}
apiVersion: v1
kind: Service
metadata:
  {{- include "service.metadata" (dict "context" .context "name" .name "labels" $service.labels "annotations" $service.annotations) | nindent 2 }}
spec:
  {{- include "service.serviceType" (mustMergeOverwrite (dict) $service (dict "type" $type)) | nindent 2 }}
  selector:
    {{- include "service.selectorLabels" .context | nindent 4 }}
  ports:
    {{- include "service.servicePorts" (dict "context" .context "fixed" (and (not $behind) (ne $type "ClusterIP"))) | nindent 4 }}
{{- end -}}

{{/* The type of a Service and the fields that hold for this type only. */}}
{{- define "service.serviceType" -}}
type: {{ .type }}
{{- if and .clusterIP (eq .type "ClusterIP") }}
clusterIP: {{ .clusterIP }}
{{- end }}
{{- if and .externalTrafficPolicy (ne .type "ClusterIP") }}
externalTrafficPolicy: {{ .externalTrafficPolicy }}
{{- end }}
{{- if eq .type "LoadBalancer" }}
{{- with .loadBalancerClass }}
loadBalancerClass: {{ . | quote }}
{{- end }}
{{- with .loadBalancerSourceRanges }}
loadBalancerSourceRanges:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The ports of a Service. Takes `context` and `fixed`: whether a fixed node port is wanted. */}}
{{- define "service.servicePorts" -}}
{{- $service := .context.Values.service -}}
- name: {{ $service.portName | quote }}
  port: {{ int64 $service.port }}
  targetPort: {{ include "service.targetPort" (dict "context" .context "port" $service.targetPort "where" "service.targetPort") }}
  {{- with $service.appProtocol }}
  appProtocol: {{ . | quote }}
  {{- end }}
  {{- if and .fixed $service.nodePort }}
  nodePort: {{ int64 $service.nodePort }}
  {{- end }}
{{- with $service.extraPorts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* All Services of the plan with one of `roles`. Takes `context` and `roles`. */}}
{{- define "service.services" -}}
{{- $context := .context -}}
{{- $roles := .roles -}}
{{- $plan := fromJson (include "service.plan" $context) -}}
{{- if $context.Values.service.enabled -}}
{{- range $plan.services -}}
{{- if has .role $roles }}
---
{{ include "service.service" (dict "context" $context "name" .name "entry" $plan.entry) }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
