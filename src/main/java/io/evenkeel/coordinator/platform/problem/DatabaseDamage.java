package io.evenkeel.coordinator.platform.problem;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVStoreException;

/**
 * Detects that H2 failed to read a page or a record because its file is damaged. Unlike with
 * {@link DatabaseFailures}, repeating the request does not help.
 */
public final class DatabaseDamage {

    /** The advice for an operator. */
    public static final String ACTION = "restore the database from a backup (\"Restore\" in docs/operations.md); runs"
            + " whose export succeeds can be imported elsewhere";

    private static final Set<Integer> CODES = Set.of(
            DataUtils.ERROR_FILE_CORRUPT,
            DataUtils.ERROR_SERIALIZATION,
            DataUtils.ERROR_CHUNK_NOT_FOUND,
            DataUtils.ERROR_BLOCK_NOT_FOUND);

    private static final Pattern TABLE =
            Pattern.compile("\\b(?:from|into|update)\\s+([a-z_]+)\\b", Pattern.CASE_INSENSITIVE);

    /** The maximum number of causes to search, because causes may form a cycle. */
    private static final int DEPTH = 32;

    private DatabaseDamage() {}

    /** Describes the damage in a sentence that names the table if it is known; empty for other failures. */
    public static Optional<String> in(Throwable failure) {
        String table = null;
        Throwable cause = failure;
        for (int i = 0; cause != null && i < DEPTH; i++, cause = cause.getCause()) {
            Matcher statement = TABLE.matcher(String.valueOf(cause.getMessage()));
            if (table == null && statement.find()) {
                table = statement.group(1);
            }
            if (cause instanceof MVStoreException store && CODES.contains(store.getErrorCode())) {
                return Optional.of(
                        table == null
                                ? "the database file is damaged"
                                : "the database file is damaged in table " + table);
            }
        }
        return Optional.empty();
    }
}
