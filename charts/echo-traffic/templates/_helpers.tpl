{{/* Labels of all objects. The chart's name is a literal: .Chart.Name may be an alias. */}}
{{- define "echo-traffic.labels" -}}
app.kubernetes.io/name: echo-traffic
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/part-of: echo
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
{{- end }}

{{/*
Labels of all objects, and those that a value adds: a dict of root, value (its name) and labels. A label that the chart sets
is invalid there: the two would be one key in the object.
*/}}
{{- define "echo-traffic.labelsWith" -}}
{{- $own := include "echo-traffic.labels" .root | fromYaml -}}
{{- range $name, $_ := .labels -}}
{{- if hasKey $own $name -}}
{{- fail (printf "\n\nInvalid %s %q: the chart sets this label. Remove it.\n" $.value $name) -}}
{{- end -}}
{{- end -}}
{{- toYaml (merge $own (.labels | default dict)) -}}
{{- end }}

{{/* JSON list of the stable names of this release, each with its weights. Invalid weights fail. */}}
{{- define "echo-traffic.names" -}}
{{- $names := list (dict "name" "echo-backend" "weights" (.Values.backend).weights) -}}
{{- if (.Values.frontend).enabled -}}
{{- $names = append $names (dict "name" "echo-frontend" "weights" (.Values.frontend).weights) -}}
{{- end -}}
{{- range $names -}}
{{- include "echo-traffic.check" (dict "name" .name "weights" .weights "mode" $.Values.mode) -}}
{{- end -}}
{{- toJson $names -}}
{{- end }}

{{/* Fails for weights that are invalid, or that the mode does not support. */}}
{{- define "echo-traffic.check" -}}
{{- if not .weights -}}
{{- fail (printf "\n\nMissing weights of %s: expected blue and green, with a sum of 100.\n" .name) -}}
{{- end -}}
{{- $blue := int .weights.blue -}}
{{- $green := int .weights.green -}}
{{- $weights := printf "weights of %s (blue %d, green %d)" .name $blue $green -}}
{{- if ne (add $blue $green) 100 -}}
{{- fail (printf "\n\nInvalid %s: expected a sum of 100.\n" $weights) -}}
{{- end -}}
{{- if and (eq .mode "service") (ne $blue 0) (ne $green 0) -}}
{{- fail (printf "\n\nInvalid %s: expected 0 and 100 in mode service.\nUse mode gateway for other weights.\n" $weights) -}}
{{- end -}}
{{- end }}

{{/* The colour that the Service selects in mode service. */}}
{{- define "echo-traffic.live" -}}
{{ ternary "blue" "green" (gt (int .blue) 0) }}
{{- end }}
