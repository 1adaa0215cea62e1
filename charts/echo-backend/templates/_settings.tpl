{{/* The service's settings, one value each: drainMs is DRAIN_MS. */}}
{{- define "echo.settings" -}}
{{- $settings := list "logLevel" "drainMs" "shutdownTimeoutMs" "connectionMaxAgeMs" "failureRate" "delayMs" "delayJitterMs" -}}
{{- range $settings }}
- name: {{ snakecase . | upper }}
  value: {{ get $.Values . | toString | quote }}
{{- end }}
{{- end }}
