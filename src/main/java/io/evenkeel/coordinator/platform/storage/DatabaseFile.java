package io.evenkeel.coordinator.platform.storage;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** Finds the file of an H2 database. */
final class DatabaseFile {

    private static final Pattern URL = Pattern.compile("jdbc:h2:(?:file:)?([^:;]+)(?:;.*)?");
    private static final String SUFFIX = ".mv.db";

    private DatabaseFile() {}

    /** Returns the configured file; empty for another database, or one in memory. */
    static Optional<Path> of(Environment environment) {
        return ofUrl(environment.getProperty("spring.datasource.url"));
    }

    static Optional<Path> ofUrl(@Nullable String url) {
        Matcher matcher = URL.matcher(url == null ? "" : url);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String path = matcher.group(1).replaceFirst("^~", Matcher.quoteReplacement(System.getProperty("user.home")));
        return Optional.of(Path.of(path + SUFFIX).toAbsolutePath().normalize());
    }
}
