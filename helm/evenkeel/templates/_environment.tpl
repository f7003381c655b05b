{{/* Environment of the coordinator: variables of extraEnv replace the chart's variables of the same names,
since a list must not contain a name twice. */}}
{{- define "evenkeel.environment" -}}
{{- $extra := dict }}
{{- range .Values.extraEnv }}
{{- if hasKey $extra .name }}
{{- fail (printf "extraEnv has %s twice: leave one." .name) }}
{{- end }}
{{- $_ := set $extra .name . }}
{{- end }}
{{- $all := list }}
{{- range include "evenkeel.ownEnvironment" . | fromYamlArray }}
{{- if not (hasKey $extra .name) }}
{{- $all = append $all . }}
{{- end }}
{{- end }}
{{- concat $all .Values.extraEnv | toYaml }}
{{- end }}

{{- define "evenkeel.ownEnvironment" -}}
- name: SERVER_PORT
  value: "8080"
- name: EVENKEEL_MANAGEMENT_PORT
  value: "8081"
- name: EVENKEEL_OPERATOR_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ include "evenkeel.tokenSecretName" (list . "operator") }}
      key: {{ include "evenkeel.tokenKey" (list . "operator") }}
- name: EVENKEEL_VIEWER_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ include "evenkeel.tokenSecretName" (list . "viewer") }}
      key: {{ include "evenkeel.tokenKey" (list . "viewer") }}
{{- if include "evenkeel.postgresql" . }}
{{- with include "evenkeel.databaseHost" . }}
{{ . }}
{{- end }}
{{- with .Values.database.postgresql }}
- name: SPRING_DATASOURCE_URL
  value: {{ printf "jdbc:postgresql://%s:%d/%s%s" (include "evenkeel.databaseAddress" $) (int .port) .name (ternary (printf "?%s" .parameters) "" (ne .parameters "")) | quote }}
{{- end }}
- name: SPRING_DATASOURCE_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ include "evenkeel.databaseSecretName" . }}
      key: {{ include "evenkeel.databaseKey" (dict "context" . "key" "username") }}
- name: SPRING_DATASOURCE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ include "evenkeel.databaseSecretName" . }}
      key: {{ include "evenkeel.databaseKey" (dict "context" . "key" "password") }}
{{- end }}
{{- with .Values.storage }}
{{- if .s3.bucket }}
- name: EVENKEEL_STORAGE_BUCKET
  value: {{ .s3.bucket | quote }}
{{- range $setting, $value := dict "PREFIX" .s3.prefix "ENDPOINT" .s3.endpoint "REGION" .s3.region }}
{{- if $value }}
- name: EVENKEEL_STORAGE_{{ $setting }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- if .s3.existingSecret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef:
      name: {{ .s3.existingSecret }}
      key: {{ .s3.accessKeyIdKey }}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef:
      name: {{ .s3.existingSecret }}
      key: {{ .s3.secretAccessKeyKey }}
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.relay }}
{{- if .upstream }}
- name: EVENKEEL_RELAY_UPSTREAM
  value: {{ .upstream | quote }}
- name: EVENKEEL_RELAY_RUN
  value: {{ .run | quote }}
{{- with .name }}
- name: EVENKEEL_RELAY_NAME
  value: {{ . | quote }}
{{- end }}
- name: EVENKEEL_RELAY_ENROLMENT_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .key }}
{{- end }}
{{- end }}
{{- if ne .Values.logFormat "plain" }}
- name: LOGGING_STRUCTURED_FORMAT_CONSOLE
  value: {{ .Values.logFormat }}
{{- end }}
{{- with .Values.javaOptions }}
- name: JDK_JAVA_OPTIONS
  value: {{ . | quote }}
{{- end }}
{{- if .Values.config }}
- name: SPRING_CONFIG_ADDITIONAL_LOCATION
  value: file:/etc/evenkeel/config/
{{- end }}
{{- if .Values.tls.enabled }}
- name: SERVER_SSL_BUNDLE
  value: server
- name: SPRING_SSL_BUNDLE_PEM_SERVER_KEYSTORE_CERTIFICATE
  value: file:/etc/evenkeel/tls/tls.crt
- name: SPRING_SSL_BUNDLE_PEM_SERVER_KEYSTORE_PRIVATEKEY
  value: file:/etc/evenkeel/tls/tls.key
- name: SPRING_SSL_BUNDLE_PEM_SERVER_RELOADONUPDATE
  value: "true"
{{- end }}
{{- if or .Values.ingress.enabled .Values.httpRoute.enabled }}
# Without it all devices would have the proxy's address, and a hundred wrong credentials a minute would lock all of them
# out.
- name: SERVER_FORWARD_HEADERS_STRATEGY
  value: native
{{- end }}
{{- end }}
