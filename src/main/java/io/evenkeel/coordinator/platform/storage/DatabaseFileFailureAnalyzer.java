package io.evenkeel.coordinator.platform.storage;

import java.nio.file.Path;
import java.sql.SQLException;
import org.h2.api.ErrorCode;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Explains the cause and the remedy of a startup failure that H2's file or the schema caused. */
final class DatabaseFileFailureAnalyzer extends AbstractFailureAnalyzer<Throwable> {

    private static final String RESTORE =
            "Move it away and put a backup in its place, or start without it and import the exports of its runs: see"
                    + " \"Restore\" in docs/operations.md.";
    private static final String MAKE_ACCESSIBLE =
            "Give the coordinator's user a folder that it can write to, with -Devenkeel.data=… or EVENKEEL_DATA, or"
                    + " the rights to this one.";
    private static final String STOP_THE_OTHER =
            "Stop the process that has it open. H2's file is for one coordinator; several need"
                    + " PostgreSQL: docs/operations.md.";

    private final Environment environment;

    DatabaseFileFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable failure, Throwable ignored) {
        DatabaseFileException unfit = findCause(failure, DatabaseFileException.class);
        if (unfit != null) {
            String what = String.valueOf(unfit.getMessage());
            return new FailureAnalysis(what + ".", what.contains("by the user") ? MAKE_ACCESSIBLE : RESTORE, failure);
        }
        SchemaException schema = findCause(failure, SchemaException.class);
        if (schema != null) {
            return new FailureAnalysis(schema.getMessage(), schema.action(), failure);
        }
        SQLException refused = findCause(failure, SQLException.class);
        return refused == null
                ? null
                : DatabaseFile.of(environment)
                        .map(file -> analyze(file, refused, failure))
                        .orElse(null);
    }

    private static @Nullable FailureAnalysis analyze(Path file, SQLException refused, Throwable failure) {
        String subject = "The database file " + file;
        return switch (refused.getErrorCode()) {
            case ErrorCode.DATABASE_ALREADY_OPEN_1 ->
                new FailureAnalysis(subject + " is in use by another process.", STOP_THE_OTHER, failure);
            case ErrorCode.FILE_CREATION_FAILED_1, ErrorCode.IO_EXCEPTION_1, ErrorCode.IO_EXCEPTION_2 ->
                new FailureAnalysis(
                        subject + " cannot be created, read or written: " + refused.getMessage(),
                        MAKE_ACCESSIBLE,
                        failure);
            case ErrorCode.FILE_CORRUPTED_1, ErrorCode.FILE_VERSION_ERROR_1, ErrorCode.GENERAL_ERROR_1 ->
                new FailureAnalysis(
                        subject + " is damaged or is not a database of this version of H2: " + refused.getMessage(),
                        RESTORE,
                        failure);
            default -> null;
        };
    }
}
