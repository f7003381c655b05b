package io.evenkeel.coordinator.telemetry;

import java.util.regex.Pattern;
import org.springframework.boot.json.JsonWriter;
import org.springframework.boot.logging.structured.StructuredLoggingJsonMembersCustomizer;

/**
 * Takes credentials out of structured log lines, should a library write one: Tomcat's debug log has whole requests. Named in
 * application.yml, which is how Spring Boot finds it.
 */
public final class SecretMask implements StructuredLoggingJsonMembersCustomizer<Object> {

    private static final Pattern SECRET = Pattern.compile("evk_([a-z]+)_[\\w-]+");

    @Override
    public void customize(JsonWriter.Members<Object> members) {
        members.applyingValueProcessor(JsonWriter.ValueProcessor.of(
                String.class, text -> SECRET.matcher(text).replaceAll("evk_$1_…")));
    }
}
