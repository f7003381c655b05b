package io.evenkeel.engine.definition;

import io.evenkeel.engine.problem.DisplayText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks the description and tags of a definition, which only inform readers. */
final class NotesCheck {

    private static final int MAX_DESCRIPTION_LENGTH = 1_000;
    private static final int MAX_TAG_LENGTH = 40;
    private static final int MAX_TAGS = 20;

    private final FieldErrors errors;

    NotesCheck(FieldErrors errors) {
        this.errors = errors;
    }

    void check(RunDefinition asked) {
        String description = asked.description();
        if (description != null) {
            refuse("description", faultInDescription(description));
        }
        List<@Nullable String> tags = asked.tags() == null ? List.of() : new ArrayList<>(asked.tags());
        errors.require(
                tags.size() <= MAX_TAGS, "tags", () -> "has " + tags.size() + " tags, expected at most " + MAX_TAGS);
        for (int i = 0; i < tags.size(); i++) {
            refuse("tags[" + i + "]", faultInTag(tags.get(i)));
        }
        errors.require(tags.stream().distinct().count() == tags.size(), "tags", () -> "lists a tag twice");
    }

    private void refuse(String field, Optional<String> fault) {
        errors.require(fault.isEmpty(), field, fault::orElseThrow);
    }

    /** Line breaks are allowed. */
    private static Optional<String> faultInDescription(String text) {
        if (text.length() > MAX_DESCRIPTION_LENGTH) {
            return Optional.of("has " + text.length() + " characters, expected at most " + MAX_DESCRIPTION_LENGTH);
        }
        return DisplayText.faultIn(text.replace('\n', ' '));
    }

    private static Optional<String> faultInTag(@Nullable String text) {
        if (text == null) {
            return Optional.of("is null, expected a string");
        }
        if (text.length() > MAX_TAG_LENGTH || text.contains(",")) {
            return Optional.of("is " + DisplayText.echo(text) + ", expected 1 to " + MAX_TAG_LENGTH
                    + " characters without a comma");
        }
        return DisplayText.faultIn(text);
    }
}
