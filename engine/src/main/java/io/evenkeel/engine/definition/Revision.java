package io.evenkeel.engine.definition;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change of a run's definition, which is part of the run's record.
 *
 * @param number 1, 2, 3, ...; 0 for the definition as created
 * @param fromRound the first round to which it applies
 * @param changedAt the time when it was made
 * @param changedBy the operator
 * @param reason the reason in the operator's words, if given
 * @param changes the fields that it changes, in the order of the definition
 */
@Schema(name = "Revision")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Revision(
        int number,
        int fromRound,
        Instant changedAt,
        String changedBy,
        @Nullable String reason,
        List<FieldChange> changes) {}
