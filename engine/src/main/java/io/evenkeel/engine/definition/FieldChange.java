package io.evenkeel.engine.definition;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A field of a definition before and after a change.
 *
 * @param field its path, such as {@code participants.min}
 * @param from the value before; null for none, such as no limit
 * @param to the value after; null for none
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record FieldChange(
        String field,

        @Schema(types = {"string", "number", "array", "null"}) @Nullable
        Object from,

        @Schema(types = {"string", "number", "array", "null"}) @Nullable
        Object to) {}
