package io.evenkeel.coordinator.platform.settings;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.Collections;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads the names of the libraries' settings from the metadata in their jars. */
final class SpringSettings {

    private static final JsonMapper JSON = new JsonMapper();

    private SpringSettings() {}

    static KnownSettings onClassPath() {
        TreeSet<String> names = new TreeSet<>();
        ClassLoader loader = SpringSettings.class.getClassLoader();
        for (String file : new String[] {"spring-configuration-metadata", "additional-spring-configuration-metadata"}) {
            try {
                for (URL metadata : Collections.list(loader.getResources("META-INF/" + file + ".json"))) {
                    try (InputStream in = metadata.openStream()) {
                        for (JsonNode property : JSON.readTree(in).path("properties")) {
                            names.add(property.path("name").asString());
                        }
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException("the metadata of settings cannot be read", e);
            }
        }
        return new KnownSettings(names);
    }
}
