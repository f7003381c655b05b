package io.evenkeel.coordinator.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Copies databases that no coordinator uses, and restores them. */
final class Backups {

    private static final Pattern H2_FILE = Pattern.compile("jdbc:h2:file:([^;]+);.*");
    private static final Pattern POSTGRES = Pattern.compile("jdbc:postgresql:.*/([a-z0-9]+)(\\?.*)?");

    private int count;

    /** Copies a database, and returns the name of the copy. */
    String copy(String url) {
        String suffix = "backup" + count++;
        Matcher file = H2_FILE.matcher(url);
        if (file.matches()) {
            String copy = file.group(1) + suffix;
            copyFile(file.group(1), copy);
            return copy;
        }
        String copy = database(url) + suffix;
        Postgres.shared().copy(database(url), copy);
        return copy;
    }

    /** Replaces a database with a copy. */
    void restore(String copy, String url) {
        Matcher file = H2_FILE.matcher(url);
        if (file.matches()) {
            copyFile(copy, file.group(1));
        } else {
            Postgres.shared().copy(copy, database(url));
        }
    }

    private static String database(String url) {
        Matcher database = POSTGRES.matcher(url);
        if (!database.matches()) {
            throw new IllegalArgumentException(url);
        }
        return database.group(1);
    }

    private static void copyFile(String from, String to) {
        try {
            Files.copy(Path.of(from + ".mv.db"), Path.of(to + ".mv.db"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
