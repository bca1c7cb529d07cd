{{/*
heapwatch beside an application, as an item of its pod's initContainers. In a chart that depends on this one:

    spec:
      {{- include "heapwatch.sidecar.pod" .Subcharts.heapwatch | nindent 6 }}
      initContainers:
        {{- include "heapwatch.sidecar" .Subcharts.heapwatch | nindent 8 }}
*/}}
{{- define "heapwatch.sidecar" -}}
{{- /* Before 1.29 an init container that does not end keeps the application from starting. */ -}}
{{- if semverCompare "<1.29.0-0" .Capabilities.KubeVersion.Version -}}
{{- fail (printf "heapwatch.sidecar needs Kubernetes 1.29 or newer (native sidecars), and this is %s: use the agent (mode: agent) there" .Capabilities.KubeVersion.Version) -}}
{{- end -}}
- name: heapwatch
  image: {{ include "heapwatch.image" . }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  # A native sidecar: it starts before the application and ends after it, when it has seen how that ended.
  restartPolicy: Always
  args:
    {{- include "heapwatch.args" . | nindent 4 }}
  env:
    - name: HEAPWATCH_KUBERNETES_NAMESPACE
      valueFrom:
        fieldRef:
          fieldPath: metadata.namespace
    - name: HEAPWATCH_KUBERNETES_POD
      valueFrom:
        fieldRef:
          fieldPath: metadata.name
    {{- with .Values.sidecar.container }}
    - name: HEAPWATCH_KUBERNETES_CONTAINER
      value: {{ . | quote }}
    {{- end }}
    {{- with .Values.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  ports:
    - name: heapwatch
      containerPort: {{ .Values.port }}
  # No readiness probe: heapwatch never decides whether the application gets requests.
  livenessProbe:
    {{- include "heapwatch.livenessProbe" (dict "root" . "port" "heapwatch") | nindent 4 }}
  resources:
    {{- toYaml .Values.sidecar.resources | nindent 4 }}
  {{- with include "heapwatch.webConfig.volumeMounts" . }}
  volumeMounts:
    {{- . | nindent 4 }}
  {{- end }}
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    {{- if eq .Values.sidecar.profile "root" }}
    # Only uid 0 gets the capabilities that a pod adds.
    runAsUser: 0
    runAsGroup: 0
    runAsNonRoot: false
    capabilities:
      drop: [ALL]
      add: [SYS_PTRACE, DAC_READ_SEARCH]
    {{- else }}
    # The application's user and group, else its processes cannot be read: the pod's, unless they are named here.
    runAsNonRoot: true
    {{- if not (kindIs "invalid" .Values.sidecar.runAsUser) }}
    runAsUser: {{ int64 .Values.sidecar.runAsUser }}
    {{- end }}
    {{- if not (kindIs "invalid" .Values.sidecar.runAsGroup) }}
    runAsGroup: {{ int64 .Values.sidecar.runAsGroup }}
    {{- end }}
    capabilities:
      drop: [ALL]
    {{- end }}
    seccompProfile:
      type: RuntimeDefault
    {{- with .Values.appArmorProfile }}
    appArmorProfile:
      type: {{ . }}
    {{- end }}
{{- end -}}

{{/* What the pod itself has to have. */}}
{{- define "heapwatch.sidecar.pod" -}}
# heapwatch sees the application's processes; these see each other, and are not PID 1 any more.
shareProcessNamespace: true
{{- end -}}

{{/* Items of the pod's volumes: it needs them where webConfig.existingSecret is set, else there are none. */}}
{{- define "heapwatch.sidecar.volumes" -}}
{{- include "heapwatch.webConfig.volumes" . -}}
{{- end -}}

{{/* By this label the monitor of mode: sidecar finds the pods. */}}
{{- define "heapwatch.sidecar.labels" -}}
heapwatch: sidecar
{{- end -}}
