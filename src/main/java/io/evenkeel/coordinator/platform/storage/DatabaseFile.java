package io.evenkeel.coordinator.platform.storage;

import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.mvstore.MVStoreException;
import org.h2.mvstore.MVStoreTool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.env.Environment;

/** Finds and rewrites the file of an H2 database. */
final class DatabaseFile {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseFile.class);
    private static final Pattern URL = Pattern.compile("jdbc:h2:(?:file:)?([^:;]+)(?:;.*)?");
    private static final String SUFFIX = ".mv.db";

    private DatabaseFile() {}

    /** Returns the configured file; empty for another kind of database, or for one in memory. */
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

    /**
     * Copies the used pages to a new file and replaces the old one, because the old file also contains the
     * bytes of deleted rows. Must be called before H2 opens the file. A crash leaves either the old or the
     * new file. Does not change a file that is in use or damaged; H2 reports such a file later.
     */
    static void rewrite(Path file) {
        String name = file.toString().replace('\\', '/');
        try {
            MVStoreTool.compactCleanUp(name);
            MVStoreTool.compact(name, false);
        } catch (MVStoreException e) {
            LOG.warn("{} cannot be rewritten", file, e);
        }
    }
}
