# The coordinator, and the command line beside it for helm test. Builds from the sources alone:
#   docker build -t evenkeel/coordinator:0.1.0 .

FROM eclipse-temurin:25.0.3_9-jdk-noble@sha256:735baf2edc6cd6485240144a84fa4db142b9a6f47b4eb4080f31058d200f9813 AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.m2 \
    ./mvnw -B -ntp -q -DskipTests -pl src,cli -am package
RUN java -Djarmode=tools -jar target/evenkeel-coordinator.jar extract --layers --destination layers

FROM eclipse-temurin:25.0.3_9-jre-noble@sha256:fbcf915c585659b30eb766ada4d6d7cfc9ec1040bf521e95bf61b10a25af73db
LABEL org.opencontainers.image.title="Evenkeel coordinator" \
      org.opencontainers.image.description="Federated learning over thin links, with normalized error feedback" \
      org.opencontainers.image.licenses="Apache-2.0"

# A number instead of a name, so that Kubernetes can see that it is not root. It may write only to its data.
RUN install -d /opt/evenkeel && install -d -o 10001 -g 10001 /var/lib/evenkeel /var/lib/evenkeel/data
WORKDIR /var/lib/evenkeel
COPY --from=build /build/layers/dependencies/ /opt/evenkeel/
COPY --from=build /build/layers/spring-boot-loader/ /opt/evenkeel/
COPY --from=build /build/cli/target/lib/ /opt/evenkeel/cli/lib/
COPY --from=build /build/layers/snapshot-dependencies/ /opt/evenkeel/
COPY --from=build /build/cli/target/evenkeel-cli.jar /opt/evenkeel/cli/
COPY --from=build /build/layers/application/ /opt/evenkeel/
COPY LICENSE NOTICE /opt/evenkeel/
COPY --chmod=0755 ops/image/healthcheck ops/image/jvm-flags /opt/evenkeel/

ENV EVENKEEL_DATA=/var/lib/evenkeel/data \
    SERVER_PORT=8080 \
    EVENKEEL_MANAGEMENT_PORT=8081 \
    MANAGEMENT_METRICS_SYSTEM_DISKSPACE_PATHS=/var/lib/evenkeel/data

# Halves the time to start (docs/BENCHMARKS.md has the figures). It works only with this JVM and these jars, so it is created here.
RUN EVENKEEL_DATA=/tmp/training java -XX:AOTCacheOutput=/opt/evenkeel/coordinator.aot -Dspring.context.exit=onRefresh \
        -jar /opt/evenkeel/evenkeel-coordinator.jar && \
    rm -rf /tmp/training

USER 10001:10001
VOLUME /var/lib/evenkeel/data
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["/opt/evenkeel/healthcheck"]
# Options of JDK_JAVA_OPTIONS and JAVA_TOOL_OPTIONS replace those of jvm-flags. The cache has objects that must fit into the first heap
# (InitialHeapSize), which would be 8 MB in a container of 512 MB.
ENTRYPOINT ["java", "-XX:Flags=/opt/evenkeel/jvm-flags", "-XX:AOTCache=/opt/evenkeel/coordinator.aot", "-jar", "/opt/evenkeel/evenkeel-coordinator.jar"]
