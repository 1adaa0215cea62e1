{{/* Name of all objects of the release, and its app label. The chart's name is a literal: .Chart.Name may be an alias. */}}
{{- define "echo-backend.name" -}}
echo-backend-{{ .Values.color }}
{{- end }}

{{/*
Selectors are immutable, so they hold no label that an upgrade can change. Two aliases of this chart in one release differ
only by their colour.
*/}}
{{- define "echo-backend.selector" -}}
app.kubernetes.io/name: echo-backend
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- if ne .Chart.Name "echo-backend" }}
color: {{ .Values.color | quote }}
{{- end }}
{{- end }}

{{/* Labels of all objects and pods. */}}
{{- define "echo-backend.labels" -}}
app: {{ include "echo-backend.name" . | quote }}
color: {{ .Values.color | quote }}
app.kubernetes.io/name: echo-backend
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: backend
app.kubernetes.io/part-of: echo
app.kubernetes.io/version: {{ .Values.version | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end }}

{{/*
Labels of all objects, and those that a value adds: a dict of root, value (its name) and labels. A label that the chart sets
is invalid there: the two would be one key in the object.
*/}}
{{- define "echo-backend.labelsWith" -}}
{{- $own := include "echo-backend.labels" .root | fromYaml -}}
{{- $values := dict "app" "color" "color" "color" "app.kubernetes.io/version" "version" -}}
{{- range $name, $_ := .labels -}}
{{- if hasKey $own $name -}}
{{- $remedy := hasKey $values $name | ternary (printf "Set the value %s instead" (get $values $name)) "Remove it" -}}
{{- fail (printf "\n\nInvalid %s %q: the chart sets this label. %s.\n" $.value $name $remedy) -}}
{{- end -}}
{{- end -}}
{{- toYaml (merge $own (.labels | default dict)) -}}
{{- end }}

{{/* registry/service:version, and @digest if it is set. */}}
{{- define "echo-backend.image" -}}
{{ .Values.registry }}/echo-backend:{{ .Values.version }}{{ with .Values.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* Time for the drain, the in-flight requests and the log, before the kubelet sends SIGKILL. */}}
{{- define "echo-backend.gracePeriodSeconds" -}}
{{ add (divf (add .Values.drainMs .Values.shutdownTimeoutMs) 1000 | ceil) 10 }}
{{- end }}

{{/* The restricted Pod Security Standard, for the pod. */}}
{{- define "echo-backend.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{/* The restricted Pod Security Standard and a read-only root file system, for a container. */}}
{{- define "echo-backend.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* The lowest number of pods, with or without an autoscaler. */}}
{{- define "echo-backend.minReplicas" -}}
{{- $autoscaling := .Values.autoscaling | default dict -}}
{{ ternary $autoscaling.minReplicas .Values.replicas ($autoscaling.enabled | default false) }}
{{- end }}

{{/* Peers of a network policy: the jumpbox of this namespace, or of the namespace default. */}}
{{- define "echo-backend.jumpbox" -}}
- podSelector:
    matchLabels:
      run: jumpbox
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: default
  podSelector:
    matchLabels:
      run: jumpbox
{{- end }}
