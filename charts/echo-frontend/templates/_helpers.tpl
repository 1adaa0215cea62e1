{{/* Name of all objects of the release, and its app label. The chart's name is a literal: .Chart.Name may be an alias. */}}
{{- define "echo-frontend.name" -}}
echo-frontend-{{ .Values.color }}
{{- end }}

{{/*
Selectors are immutable, so they hold no label that an upgrade can change. Two aliases of this chart in one release differ
only by their colour.
*/}}
{{- define "echo-frontend.selector" -}}
app.kubernetes.io/name: echo-frontend
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- if ne .Chart.Name "echo-frontend" }}
color: {{ .Values.color | quote }}
{{- end }}
{{- end }}

{{/* Labels of all objects and pods. */}}
{{- define "echo-frontend.labels" -}}
app: {{ include "echo-frontend.name" . | quote }}
color: {{ .Values.color | quote }}
app.kubernetes.io/name: echo-frontend
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: frontend
app.kubernetes.io/part-of: echo
app.kubernetes.io/version: {{ .Values.version | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end }}

{{/*
Labels of all objects, and those that a value adds: a dict of root, value (its name) and labels. A label that the chart sets
is invalid there: the two would be one key in the object.
*/}}
{{- define "echo-frontend.labelsWith" -}}
{{- $own := include "echo-frontend.labels" .root | fromYaml -}}
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
{{- define "echo-frontend.image" -}}
{{ .Values.registry }}/echo-frontend:{{ .Values.version }}{{ with .Values.digest }}@{{ . }}{{ end }}
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

{{/* Peers of a network policy: the jumpbox of this namespace, or of the namespace default. */}}
{{- define "echo-frontend.jumpbox" -}}
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
