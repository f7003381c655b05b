{{/* Name of the chart, or its override. */}}
{{- define "evenkeel.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Name of the release's objects: its 52 characters leave room for the suffixes of dependent objects. */}}
{{- define "evenkeel.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{/* The immutable labels of a Deployment: no versions, and nothing from values except for the name. */}}
{{- define "evenkeel.selectorLabels" -}}
app.kubernetes.io/name: {{ include "evenkeel.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: coordinator
{{- end }}

{{- define "evenkeel.metaLabels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: evenkeel
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Labels of pods: without the chart's version, whose change alone must not restart pods. */}}
{{- define "evenkeel.podLabels" -}}
{{ include "evenkeel.selectorLabels" . }}
app.kubernetes.io/part-of: evenkeel
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- with .Values.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "evenkeel.labels" -}}
{{ include "evenkeel.selectorLabels" . }}
{{ include "evenkeel.metaLabels" . }}
{{- end }}

{{/* The pod of `helm test`, which no selector of the coordinator may match. */}}
{{- define "evenkeel.testLabels" -}}
app.kubernetes.io/name: {{ include "evenkeel.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: test
{{- end }}

{{/* The pod of the back-up, which no selector of the coordinator may match. */}}
{{- define "evenkeel.backupLabels" -}}
app.kubernetes.io/name: {{ include "evenkeel.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: backup
{{- end }}

{{- define "evenkeel.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}
{{- end }}

{{- define "evenkeel.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "evenkeel.fullname" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end }}
{{- end }}

{{/* "true" if the state is in PostgreSQL, else empty. */}}
{{- define "evenkeel.postgresql" -}}
{{- if eq .Values.database.type "postgresql" }}true{{ end }}
{{- end }}

{{/* "true" when more than one coordinator may run, else empty. */}}
{{- define "evenkeel.several" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicaCount) 1) }}true{{ end }}
{{- end }}

{{/*
Replicas of the Deployment. With an autoscaler, the current number within its bounds, so that enabling it
removes no replica, and an upgrade starts replicas that were scaled to zero, which an autoscaler never does.
Empty if the cluster is not available (helm template). */}}
{{- define "evenkeel.replicas" -}}
{{- if .Values.autoscaling.enabled }}
{{- $deployment := lookup "apps/v1" "Deployment" .Release.Namespace (include "evenkeel.fullname" .) }}
{{- if $deployment }}
{{- $deployment.spec.replicas | int | min (int .Values.autoscaling.maxReplicas) | max (int .Values.autoscaling.minReplicas) }}
{{- end }}
{{- else }}
{{- .Values.replicaCount }}
{{- end }}
{{- end }}

{{/* Name of the service with the management port. */}}
{{- define "evenkeel.managementService" -}}
{{ include "evenkeel.fullname" . }}{{ if ne .Values.service.type "ClusterIP" }}-management{{ end }}
{{- end }}

{{/* Name of the secret of a role's token: (list $ "operator") or (list $ "viewer"). */}}
{{- define "evenkeel.tokenSecretName" -}}
{{- $settings := index (first .).Values (printf "%sToken" (last .)) }}
{{- $settings.existingSecret | default (printf "%s-%s" (include "evenkeel.fullname" (first .)) (last .)) }}
{{- end }}

{{/* Key of a role's token in that secret; the chart's own secret has fixed keys. */}}
{{- define "evenkeel.tokenKey" -}}
{{- $settings := index (first .).Values (printf "%sToken" (last .)) }}
{{- if $settings.existingSecret }}{{ $settings.key }}{{ else }}{{ last . }}-token{{ end }}
{{- end }}

{{- define "evenkeel.databaseSecretName" -}}
{{ .Values.database.postgresql.existingSecret | default (printf "%s-database" (include "evenkeel.fullname" .)) }}
{{- end }}

{{/* The variable of the database's host if it is in a secret; empty otherwise. */}}
{{- define "evenkeel.databaseHost" -}}
{{- with .Values.database.postgresql }}
{{- if .hostKey -}}
- name: DATABASE_HOST
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .hostKey }}
{{- end }}
{{- end }}
{{- end }}

{{/* The database's hosts, each except for the last one followed by the port, or the variable that Kubernetes
substitutes. */}}
{{- define "evenkeel.databaseAddress" -}}
{{- with .Values.database.postgresql }}{{ ternary "$(DATABASE_HOST)" (.host | replace "," (printf ":%d," (int .port))) (ne .hostKey "") }}{{ end }}
{{- end }}

{{/* Keys of role and password; the chart's own secret has fixed keys. */}}
{{- define "evenkeel.databaseKey" -}}
{{- $postgresql := .context.Values.database.postgresql }}
{{- if $postgresql.existingSecret }}{{ index $postgresql (printf "%sKey" .key) }}{{ else }}{{ .key }}{{ end }}
{{- end }}

{{/* Base64 of a role's token: the given one, that of an earlier install, or a new one of 256 random
bits. */}}
{{- define "evenkeel.token" -}}
{{- $root := first . }}
{{- $settings := index $root.Values (printf "%sToken" (last .)) }}
{{- $name := include "evenkeel.tokenSecretName" . }}
{{- $kept := dig "data" (include "evenkeel.tokenKey" .) "" (lookup "v1" "Secret" $root.Release.Namespace $name | default dict) }}
{{- if $settings.value }}
{{- $settings.value | b64enc }}
{{- else if $kept }}
{{- $kept }}
{{- else }}
{{- $prefix := ternary "evk_op_" "evk_view_" (eq (last .) "operator") }}
{{- printf "%s%s" $prefix (randBytes 32 | replace "+" "-" | replace "/" "_" | trimAll "=") | b64enc }}
{{- end }}
{{- end }}

{{/* Security, volumes and other settings shared by the coordinator's pod and the test's pod. */}}
{{- define "evenkeel.podBasics" -}}
serviceAccountName: {{ include "evenkeel.serviceAccountName" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
