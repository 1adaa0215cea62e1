{{/* Name of all objects of the release, and its app label: <chart>-<color>. */}}
{{- define "echo-frontend.name" -}}
{{ .Chart.Name }}-{{ .Values.color }}
{{- end }}

{{/* Selectors are immutable, so they hold no label that an upgrade can change. */}}
{{- define "echo-frontend.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* Labels of all objects and pods. */}}
{{- define "echo-frontend.labels" -}}
app: {{ include "echo-frontend.name" . }}
color: {{ .Values.color | quote }}
{{ include "echo-frontend.selector" . }}
app.kubernetes.io/component: {{ trimPrefix "echo-" .Chart.Name }}
app.kubernetes.io/part-of: echo
app.kubernetes.io/version: {{ .Values.version | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* registry/service:version, and @digest if it is set. */}}
{{- define "echo-frontend.image" -}}
{{ .Values.registry }}/{{ .Chart.Name }}:{{ .Values.version }}{{ with .Values.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* Time for the drain, the in-flight requests and the log, before the kubelet sends SIGKILL. */}}
{{- define "echo-frontend.gracePeriodSeconds" -}}
{{ add (divf (add .Values.drainMs .Values.shutdownTimeoutMs) 1000 | ceil) 10 }}
{{- end }}

{{/* The restricted Pod Security Standard, for the pod. */}}
{{- define "echo-frontend.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* The restricted Pod Security Standard and a read-only root file system, for a container. */}}
{{- define "echo-frontend.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* The lowest number of pods, with or without an autoscaler. */}}
{{- define "echo-frontend.minReplicas" -}}
{{- $autoscaling := .Values.autoscaling | default dict -}}
{{ ternary $autoscaling.minReplicas .Values.replicas ($autoscaling.enabled | default false) }}
{{- end }}
