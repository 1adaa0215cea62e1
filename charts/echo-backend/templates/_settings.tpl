{{/* Environment variables of the service's settings: value drainMs becomes DRAIN_MS. */}}
{{- define "echo-backend.settings" -}}
{{- $settings := list "logLevel" "drainMs" "shutdownTimeoutMs" "connectionMaxAgeMs" "maxInFlight" "maxConnections" "failureRate" "delayMs" "delayJitterMs" "faults" -}}
{{- range $settings }}
{{- /* Without toJson, a large number from a values file becomes 1e+06. */}}
{{- $value := get $.Values . }}
- name: {{ snakecase . | upper }}
  value: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}
