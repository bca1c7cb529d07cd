{{- define "heapwatch.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride }}
{{- else if contains .Chart.Name .Release.Name -}}
{{ .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}
{{- end -}}

{{/* What a DaemonSet selects by can never change: nothing of a version may be here. */}}
{{- define "heapwatch.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "heapwatch.labels" -}}
{{ include "heapwatch.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "heapwatch.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* Whether something that needs the Prometheus Operator is installed: "auto" asks the cluster. */}}
{{- define "heapwatch.wants" -}}
{{- $kind := printf "monitoring.coreos.com/v1/%s" .kind -}}
{{- if or (eq (toString .enabled) "true") (and (eq (toString .enabled) "auto") (.root.Capabilities.APIVersions.Has $kind)) -}}
yes
{{- end -}}
{{- end -}}

{{- define "heapwatch.wantsServiceMonitor" -}}
{{- include "heapwatch.wants" (dict "root" . "kind" "ServiceMonitor" "enabled" .Values.serviceMonitor.enabled) -}}
{{- end -}}

{{/* Two monitors would scrape every pod twice: the one that is only tried gives way. */}}
{{- define "heapwatch.wantsPodMonitor" -}}
{{- $wanted := include "heapwatch.wants" (dict "root" . "kind" "PodMonitor" "enabled" .Values.podMonitor.enabled) -}}
{{- if not (include "heapwatch.wantsServiceMonitor" .) -}}
{{- $wanted -}}
{{- else if eq (toString .Values.podMonitor.enabled) "true" -}}
{{- fail "podMonitor.enabled and serviceMonitor.enabled: Prometheus would scrape every pod twice; choose one" -}}
{{- end -}}
{{- end -}}

{{/* The settings that agents and sidecars have in common. */}}
{{- define "heapwatch.args" -}}
- serve
- --web.listen-address=:{{ .Values.port }}
- --log.level={{ .Values.log.level }}
- --log.format={{ .Values.log.format }}
- --discovery.min-age={{ .Values.discovery.minAge }}
- --discovery.max-targets={{ .Values.discovery.maxTargets }}
- --census.enabled={{ .Values.census.enabled }}
- --census.types={{ .Values.census.types }}
{{- if .Values.webConfig.existingSecret }}
- --web.config.file=/etc/heapwatch/web/web-config.yml
{{- end }}
{{- with .Values.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "heapwatch.webConfig.volumes" -}}
{{- with .Values.webConfig.existingSecret -}}
- name: heapwatch-web-config
  secret:
    secretName: {{ . | quote }}
{{- end -}}
{{- end -}}

{{- define "heapwatch.webConfig.volumeMounts" -}}
{{- if .Values.webConfig.existingSecret -}}
# As a whole, and no file of it by subPath: those never change.
- name: heapwatch-web-config
  mountPath: /etc/heapwatch/web
  readOnly: true
{{- end -}}
{{- end -}}

{{- define "heapwatch.speaksTls" -}}
{{- if and .Values.webConfig.existingSecret .Values.webConfig.tls -}}
yes
{{- end -}}
{{- end -}}

{{/* Kubelets need no password, but have no certificate where one is required: a connection is all that they get there. */}}
{{- define "heapwatch.probe" -}}
{{- if and (include "heapwatch.speaksTls" .root) .root.Values.webConfig.requiresClientCertificate -}}
tcpSocket:
  port: {{ .port }}
{{- else -}}
httpGet:
  path: {{ .path }}
  port: {{ .port }}
  {{- if include "heapwatch.speaksTls" .root }}
  scheme: HTTPS
  {{- end }}
{{- end }}
timeoutSeconds: 5
{{- end -}}

{{/* A busy node makes us slow, not broken: two minutes of silence before a restart. */}}
{{- define "heapwatch.livenessProbe" -}}
{{ include "heapwatch.probe" (dict "root" .root "port" .port "path" "/healthz") }}
periodSeconds: 20
failureThreshold: 6
{{- end -}}

{{/* How a monitor asks. */}}
{{- define "heapwatch.endpoint" -}}
path: /metrics
{{- if include "heapwatch.speaksTls" .root }}
scheme: https
{{- end }}
{{- with .monitor.tlsConfig }}
tlsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .monitor.basicAuth }}
basicAuth:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .monitor.interval }}
interval: {{ . }}
{{- end }}
{{- with .monitor.scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
# Where a series tells the namespace, pod and container of the watched process, those stand, not our own.
honorLabels: true
{{- end -}}

{{- define "heapwatch.relabelings" -}}
# The node, so that a process's series go on when heapwatch's pod is replaced.
- action: replace
  sourceLabels: [__meta_kubernetes_pod_node_name]
  targetLabel: instance
# Ours, which on a watched process's series would be mistaken for its own. The namespace stays: Alertmanager's
# routes ask for one.
- action: labeldrop
  regex: pod|container
{{- end -}}
