package io.evenkeel.cli.plan;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;

/** Constants from sizing.properties, which gives the source of each. Immutable. */
final class Sizing {

    private final Properties values = new Properties();

    /** Reads the constants. */
    Sizing() {
        try (InputStream in = Objects.requireNonNull(Sizing.class.getResourceAsStream("sizing.properties"))) {
            values.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a constant. */
    double of(String name) {
        return Double.parseDouble(Objects.requireNonNull(values.getProperty(name), name));
    }

    /** Returns a constant of the database. */
    double of(String name, Workload workload) {
        return of(name + "." + (workload.database() == Workload.Database.H2 ? "h2" : "postgresql"));
    }
}
