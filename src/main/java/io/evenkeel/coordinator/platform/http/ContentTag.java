package io.evenkeel.coordinator.platform.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.springframework.core.io.Resource;
import org.springframework.util.DigestUtils;

/**
 * Computes the entity tags of files from their content, because all files in a jar have the same date.
 * Thread-safe.
 */
public final class ContentTag implements Function<Resource, String> {

    private final Map<String, String> tags = new ConcurrentHashMap<>();

    @Override
    public String apply(Resource resource) {
        return tags.computeIfAbsent(String.valueOf(resource), key -> digest(resource));
    }

    private static String digest(Resource resource) {
        try {
            return DigestUtils.md5DigestAsHex(resource.getContentAsByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + resource, e);
        }
    }
}
