package io.evenkeel.coordinator.system;

import io.evenkeel.coordinator.platform.lease.Leases;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.stereotype.Component;

/** Describes this process. Thread-safe. */
@Component
class ThisReplica {

    private final String name;
    private final String version;
    private final Instant startedAt =
            Instant.ofEpochMilli(ManagementFactory.getRuntimeMXBean().getStartTime());

    /** Reads the version from the build properties in the jar; classes outside a jar are a development version. */
    ThisReplica(Leases leases, ObjectProvider<BuildProperties> build) {
        this.name = leases.name();
        BuildProperties properties = build.getIfAvailable();
        String built = properties == null ? null : properties.getVersion();
        this.version = built == null ? "development" : built;
    }

    /** Returns the view of this process at a given time. */
    ReplicaView at(Instant now) {
        return new ReplicaView(name, version, System.getProperty("java.version"), startedAt, now, true);
    }
}
