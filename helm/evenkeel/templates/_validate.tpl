{{/* Checks that a schema cannot express, or only without a helpful message. */}}
{{- define "evenkeel.validate" -}}
{{- $fullname := include "evenkeel.fullname" . }}
{{- if not (regexMatch "^[a-z][-a-z0-9]*$" $fullname) }}
{{- fail (printf "the objects would be called %s, which is not a valid name of a Service: it must begin with a letter and contain only a to z, 0 to 9 and -. Set fullnameOverride, or name the release differently." $fullname) }}
{{- end }}
{{- $postgresql := .Values.database.postgresql }}
{{- if not (include "evenkeel.postgresql" .) }}
{{- if gt (int .Values.replicaCount) 1 }}
{{- fail (printf "replicaCount is %d, but database.type is h2: an H2 file belongs to one process. More than one replica requires PostgreSQL: set database.type=postgresql and database.postgresql.host, or replicaCount=1." (int .Values.replicaCount)) }}
{{- end }}
{{- if .Values.autoscaling.enabled }}
{{- fail "autoscaling.enabled is true, but database.type is h2: an H2 file belongs to one process. Autoscaling requires PostgreSQL: set database.type=postgresql and database.postgresql.host, or autoscaling.enabled=false." }}
{{- end }}
{{- else }}
{{- if and $postgresql.hostKey (not $postgresql.existingSecret) }}
{{- fail "database.postgresql.hostKey is set, but database.postgresql.existingSecret is empty: set it to the secret's name, or set database.postgresql.host instead." }}
{{- end }}
{{- if not (or $postgresql.host $postgresql.hostKey) }}
{{- fail "database.type is postgresql, but database.postgresql.host is empty: set it to the server's host name." }}
{{- end }}
{{- if .Values.relay.upstream }}
{{- fail "relay.upstream is set, but database.type is postgresql: a relay keeps its state in H2. Set database.type=h2." }}
{{- end }}
{{- if not (or $postgresql.existingSecret $postgresql.password) }}
{{- fail "database.type is postgresql, but there is no password: set database.postgresql.existingSecret (or database.postgresql.password)." }}
{{- end }}
{{- end }}
{{- with .Values.storage.s3 }}
{{- if and (or .prefix .endpoint .region .existingSecret) (not .bucket) }}
{{- fail "storage.s3.prefix, endpoint, region or existingSecret is set, but storage.s3.bucket is empty: set it to the bucket's name." }}
{{- end }}
{{- end }}
{{- with .Values.relay }}
{{- if .upstream }}
{{- if not (and .run .existingSecret) }}
{{- fail "relay.upstream is set, but relay.run or relay.existingSecret is empty: set them to the run there and to the name of a secret with an enrolment token of the coordinator there." }}
{{- end }}
{{- if not $.Values.persistence.enabled }}
{{- fail "relay.upstream is set, but persistence.enabled is false: a relay keeps its membership on the volume. Set persistence.enabled=true." }}
{{- end }}
{{- else if or .run .existingSecret }}
{{- fail "relay.run or relay.existingSecret is set, but relay.upstream is empty: set it to the address of the coordinator above." }}
{{- end }}
{{- end }}
{{- if gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas) }}
{{- fail (printf "autoscaling.minReplicas is %d, more than autoscaling.maxReplicas, which is %d." (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) }}
{{- end }}
{{- if and .Values.tls.enabled (not .Values.tls.existingSecret) }}
{{- fail "tls.enabled is true, but tls.existingSecret is empty: set it to the name of a secret of type kubernetes.io/tls." }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "ingress.enabled is true, but ingress.hosts is empty: name at least one host." }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.enabled is true, but httpRoute.parentRefs is empty: name the gateway to attach the route to." }}
{{- end }}
{{- if and .Values.prometheusRule.enabled (not .Values.prometheusRule.runbookUrl) }}
{{- fail "prometheusRule.enabled is true, but prometheusRule.runbookUrl is empty: set it to the address at which your people read docs/runbook.md." }}
{{- end }}
{{- if and .Values.autoscaling.enabled (not (index .Values.resources.requests "cpu")) }}
{{- fail "autoscaling.enabled is true, but resources.requests.cpu is empty: the target is a share of it." }}
{{- end }}
{{- if and (ne .Values.service.type "LoadBalancer") .Values.service.loadBalancerSourceRanges }}
{{- fail (printf "service.loadBalancerSourceRanges is set, but service.type is %s: set service.type=LoadBalancer, or networkPolicy.from." .Values.service.type) }}
{{- end }}
{{- if and (eq .Values.service.type "ClusterIP") .Values.service.externalTrafficPolicy }}
{{- fail "service.externalTrafficPolicy is set, but service.type is ClusterIP: it is for services that are reached from outside." }}
{{- end }}
{{- if .Values.backup.enabled }}
{{- if not (include "evenkeel.postgresql" .) }}
{{- fail "backup.enabled is true, but database.type is h2, whose file is copied while the coordinator is stopped: see Back up in docs/operations.md, or set database.type=postgresql." }}
{{- end }}
{{- if not .Values.backup.existingClaim }}
{{- fail "backup.enabled is true, but backup.existingClaim is empty: set it to the name of a claim for the dumps." }}
{{- end }}
{{- end }}
{{- $policy := .Values.networkPolicy }}
{{- if and (or $policy.databaseTo $policy.storageTo $policy.extraEgress) (not (and $policy.enabled $policy.restrictEgress)) }}
{{- fail "networkPolicy.databaseTo, storageTo or extraEgress is set, but egress is not limited: set networkPolicy.enabled and networkPolicy.restrictEgress." }}
{{- end }}
{{- $least := add .Values.preStopSleepSeconds 50 }}
{{- if lt (int .Values.terminationGracePeriodSeconds) (int $least) }}
{{- fail (printf "terminationGracePeriodSeconds is %d, but preStopSleepSeconds is %d of it, and requests in flight, closing rounds and the database may take 50 more: leave time to shut down, set it to at least %d." (int .Values.terminationGracePeriodSeconds) (int .Values.preStopSleepSeconds) (int $least)) }}
{{- end }}
{{- end }}
