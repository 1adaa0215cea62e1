{{- define "echo-traffic.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/part-of: echo
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{/* The stable names that this release owns, and the weights of each: a JSON list. */}}
{{- define "echo-traffic.names" -}}
{{- $names := list (dict "name" "echo-backend" "weights" .Values.backend.weights) -}}
{{- if .Values.frontend.enabled -}}
{{- $names = append $names (dict "name" "echo-frontend" "weights" .Values.frontend.weights) -}}
{{- end -}}
{{- range $names -}}
{{- include "echo-traffic.check" (dict "name" .name "weights" .weights "mode" $.Values.mode) -}}
{{- end -}}
{{- toJson $names -}}
{{- end }}

{{/* Refuses weights that make no sense, or that the mode cannot do, in words. */}}
{{- define "echo-traffic.check" -}}
{{- $blue := int .weights.blue -}}
{{- $green := int .weights.green -}}
{{- $text := printf "%s: blue %d, green %d" .name $blue $green -}}
{{- if ne (add $blue $green) 100 -}}
{{- fail (printf "\n\nThe weights must add up to 100. Given are: %s.\n" $text) -}}
{{- end -}}
{{- if and (eq .mode "service") (ne $blue 0) (ne $green 0) -}}
{{- fail (printf "\n\nMode service sends all traffic to one colour: its weights are 0 and 100. Given are: %s.\nOther weights need mode gateway (or mesh).\n" $text) -}}
{{- end -}}
{{- end }}

{{/* The colour that a plain Service selects. */}}
{{- define "echo-traffic.live" -}}
{{ ternary "blue" "green" (gt (int .blue) 0) }}
{{- end }}
