{{/* Name of the Deployment, the Service and the app label: echo-backend-blue. */}}
{{- define "echo-backend.name" -}}
{{ .Chart.Name }}-{{ .Values.color }}
{{- end }}

{{/* What selects the pods. Never anything that changes with a release: selectors are immutable. */}}
{{- define "echo-backend.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "echo-backend.labels" -}}
app: {{ include "echo-backend.name" . }}
color: {{ .Values.color | quote }}
{{ include "echo-backend.selector" . }}
app.kubernetes.io/component: {{ trimPrefix "echo-" .Chart.Name }}
app.kubernetes.io/part-of: echo
app.kubernetes.io/version: {{ .Values.version | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* registry/service:version, and @digest where one is set: what was built is what runs. */}}
{{- define "echo-backend.image" -}}
{{ .Values.registry }}/{{ .Chart.Name }}:{{ .Values.version }}{{ with .Values.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* Long enough for the drain, the requests in flight and the log; after it the kubelet kills. */}}
{{- define "echo-backend.gracePeriodSeconds" -}}
{{ add (divf (add .Values.drainMs .Values.shutdownTimeoutMs) 1000 | ceil) 10 }}
{{- end }}

{{/* What the restricted pod security standard asks for, and a root file system that nobody writes to. */}}
{{- define "echo-backend.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "echo-backend.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* The least number of pods that stand at any time. */}}
{{- define "echo-backend.minReplicas" -}}
{{- $autoscaling := .Values.autoscaling | default dict -}}
{{ ternary $autoscaling.minReplicas .Values.replicas ($autoscaling.enabled | default false) }}
{{- end }}
