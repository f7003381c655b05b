package io.evenkeel.cli.context;

import io.evenkeel.cli.environment.CliEnvironment;
import io.evenkeel.cli.environment.OwnerOnly;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The file with the contexts, which only its owner can read. It is {@code evenkeel/contexts.json} in {@code
 * $XDG_CONFIG_HOME} or {@code ~/.config}, or the file that {@code EVENKEEL_CONFIG} names. Writing replaces
 * the file atomically.
 */
final class ContextStore {

    private final JsonMapper json = new JsonMapper();
    private final Path file;

    ContextStore(CliEnvironment environment) {
        Path folder = environment
                .variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .orElseGet(() -> environment.home().resolve(".config"));
        this.file = environment
                .variable("EVENKEEL_CONFIG")
                .map(Path::of)
                .orElseGet(() -> folder.resolve("evenkeel").resolve("contexts.json"))
                .toAbsolutePath();
    }

    Path file() {
        return file;
    }

    /** Reads the contexts; without a file, returns an empty list. */
    ContextList read() {
        if (!Files.exists(file)) {
            return new ContextList(null, List.of());
        }
        try {
            JsonNode document = json.readTree(Files.readAllBytes(file));
            List<Context> contexts = new ArrayList<>();
            for (JsonNode context : document.path("contexts")) {
                contexts.add(context(context));
            }
            return new ContextList(document.path("current").asString(null), contexts);
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be read (" + e + "): check its owner and its mode", e);
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, file + " is not a list of contexts: correct it, or delete it and log in again", e);
        }
    }

    private static Context context(JsonNode context) {
        JsonNode session = context.path("session");
        return new Context(
                context.required("name").asString(),
                URI.create(context.required("coordinator").asString()),
                context.required("token").asString(),
                session.isMissingNode()
                        ? null
                        : new Context.Session(
                                URI.create(session.required("tokenEndpoint").asString()),
                                session.required("clientId").asString(),
                                session.path("refreshToken").asString(null),
                                Instant.parse(session.required("expiresAt").asString())));
    }

    void write(ContextList list) {
        ObjectNode document = json.createObjectNode();
        if (list.current() != null) {
            document.put("current", list.current());
        }
        var contexts = document.putArray("contexts");
        for (Context context : list.contexts()) {
            put(contexts.addObject(), context);
        }
        try {
            Path folder = file.getParent();
            Files.createDirectories(folder, OwnerOnly.folder());
            Path part = Files.createTempFile(folder, "contexts", ".part", OwnerOnly.file());
            try {
                Files.write(part, json.writerWithDefaultPrettyPrinter().writeValueAsBytes(document));
                Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new CommandFailure(file + " cannot be written (" + e + "): check the folder's owner and mode", e);
        }
    }

    private static void put(ObjectNode entry, Context context) {
        entry.put("name", context.name());
        entry.put("coordinator", context.coordinator().toString());
        entry.put("token", context.token());
        Context.Session session = context.session();
        if (session != null) {
            ObjectNode login = entry.putObject("session");
            login.put("tokenEndpoint", session.tokenEndpoint().toString());
            login.put("clientId", session.clientId());
            if (session.refreshToken() != null) {
                login.put("refreshToken", session.refreshToken());
            }
            login.put("expiresAt", session.expiresAt().toString());
        }
    }
}
