{{/* The service's settings, one value each: drainMs is DRAIN_MS. NODE_IP is the node's own address. */}}
{{- define "echo.settings" -}}
{{- $settings := list "logLevel" "drainMs" "shutdownTimeoutMs" "connectionMaxAgeMs" "backend" "backendTimeoutMs" "backendConnectionMaxAgeMs" "workIterations" -}}
{{- range $settings }}
- name: {{ snakecase . | upper }}
  value: {{ get $.Values . | toString | quote }}
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
