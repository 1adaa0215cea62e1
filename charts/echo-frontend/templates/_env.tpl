{{/*
The container's environment variables. Kubernetes merges this list by name: a second entry of one name would leave a stale
value after an upgrade, and no variable after the next.
*/}}
{{- define "echo-frontend.env" -}}
{{- $own := printf "- name: COLOR\n  value: %q%s" .Values.color (include "echo-frontend.settings" .) -}}
{{- $reserved := list "PORT" "ADMIN_PORT" -}}
{{- range fromYamlArray $own -}}
{{- $reserved = append $reserved .name -}}
{{- end -}}
{{- $seen := dict -}}
{{- range .Values.extraEnv -}}
{{- if has .name $reserved -}}
{{- $value := .name | lower | camelcase | untitle -}}
{{- $remedy := hasKey $.Values $value | ternary (printf "Set the value %s instead" $value) "Remove it" -}}
{{- fail (printf "\n\nInvalid extraEnv %q: the chart sets this variable. %s.\n" .name $remedy) -}}
{{- end -}}
{{- if hasKey $seen .name -}}
{{- fail (printf "\n\nInvalid extraEnv %q: expected one entry for each name. Remove the others.\n" .name) -}}
{{- end -}}
{{- $_ := set $seen .name true -}}
{{- end -}}
{{ $own }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}
