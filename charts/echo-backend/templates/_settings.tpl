{{/* The service's settings, one value each: drainMs is DRAIN_MS. */}}
{{- define "echo-backend.settings" -}}
{{- $settings := list "logLevel" "drainMs" "shutdownTimeoutMs" "connectionMaxAgeMs" "maxInFlight" "failureRate" "delayMs" "delayJitterMs" -}}
{{- range $settings }}
{{- /* JSON writes a large number out; as text it is 1e+06 when it comes from a values file. */}}
{{- $value := get $.Values . }}
- name: {{ snakecase . | upper }}
  value: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
{{- end }}
