{{/* The service's settings, one value each: drainMs is DRAIN_MS. NODE_IP is the node's own address. */}}
{{- define "echo-frontend.settings" -}}
{{- $settings := list "logLevel" "drainMs" "shutdownTimeoutMs" "connectionMaxAgeMs" "maxInFlight" "backend" "backendTimeoutMs" "backendConnectionMaxAgeMs" "ui" "workIterations" -}}
{{- range $settings }}
{{- /* JSON writes a large number out; as text it is 1e+06 when it comes from a values file. */}}
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
