package io.evenkeel.tools;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A document that is polled, with its entity tag if the coordinator sent one.
 *
 * @param content the document
 * @param tag its ETag, or null
 * @param changed whether this response has new content, rather than "not modified"
 */
public record Conditional(JsonNode content, @Nullable String tag, boolean changed) {}
