{{/* Environment variables of the service's settings: value drainMs becomes DRAIN_MS. NODE_IP is the node's address. */}}
{{- define "echo-frontend.settings" -}}
{{- $settings := list "logLevel" "drainMs" "shutdownTimeoutMs" "connectionMaxAgeMs" "maxInFlight" "maxConnections" "backend" "backendTimeoutMs" "backendConnectionMaxAgeMs" "ui" "workIterations" -}}
{{- range $settings }}
{{- /* Without toJson, a large number from a values file becomes 1e+06. */}}
{{- $value := get $.Values . }}
- name: {{ snakecase . | upper }}
  value: {{ ternary $value (toJson $value) (kindIs "string" $value) | quote }}
{{- end }}
- name: EC2_METADATA_URL
  value: {{ .Values.ec2MetadataUrl | quote }}
{{- if eq .Values.ec2MetadataUrl "none" }}
- name: NODE_IP
  valueFrom:
    fieldRef:
      fieldPath: status.hostIP
{{- end }}
{{- end }}
