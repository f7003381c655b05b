package io.evenkeel.coordinator.platform.http;

import io.evenkeel.engine.text.DurationText;
import java.time.Duration;
import org.springframework.boot.jackson.JacksonComponent;
import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/** Reads {@link DurationText} in requests. */
final class DurationFormats {

    private DurationFormats() {}

    /** For query parameters. */
    @Component
    static final class OfParameter implements Converter<String, Duration> {

        @Override
        public Duration convert(String text) {
            return DurationText.parse(text);
        }
    }

    /** For JSON. */
    @JacksonComponent
    static final class OfJson extends ValueDeserializer<Duration> {

        @Override
        public Duration deserialize(JsonParser json, DeserializationContext context) {
            if (!json.hasToken(JsonToken.VALUE_STRING)) {
                return (Duration) context.handleUnexpectedToken(Duration.class, json);
            }
            String text = json.getString();
            try {
                return DurationText.parse(text);
            } catch (IllegalArgumentException e) {
                throw context.weirdStringException(text, Duration.class, e.getMessage());
            }
        }
    }
}
