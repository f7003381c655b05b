package io.evenkeel.coordinator.registry;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.bytes;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.real;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** Exports and imports the tables of the registry. Works in the caller's transaction. */
@Component
public class RegistryTables {

    /** A model; the query's parameter is its name. */
    public static final ExportedTable MODELS = ExportedTable.withoutKey(
            "registered_model",
            "FROM registered_model t WHERE t.name = ?",
            text("name"),
            text("description"),
            time("created_at"),
            whole("last_version"));

    /** The versions of a model; the query's parameter is the model's name. */
    public static final ExportedTable VERSIONS = ExportedTable.withoutKey(
            "model_version",
            "FROM model_version t WHERE t.model = ? ORDER BY t.version",
            text("model"),
            whole("version"),
            text("run"),
            whole("round_number"),
            text("definition"),
            whole("members"),
            real("loss"),
            text("metrics"),
            text("tensors"),
            text("dtype"),
            whole("bytes"),
            text("sha256"),
            text("metadata"),
            text("created_by"),
            time("created_at"));

    /** Pieces of the file of the preceding version, in order; {@link #copyFile} reads them. */
    public static final ExportedTable PIECES = ExportedTable.withoutKey("model_version_file", "", bytes("data"));

    /** The changes of a model's aliases, oldest first; the query's parameter is the model's name. */
    public static final ExportedTable ALIAS_CHANGES = ExportedTable.withoutKey(
            "model_alias_change",
            "FROM model_alias_change t WHERE t.model = ? ORDER BY t.id",
            text("model"),
            text("alias"),
            whole("version"),
            text("reason"),
            text("changed_by"),
            time("changed_at"));

    private final RegisteredModelRepository models;
    private final VersionFiles stored;
    private final ModelFiles received;
    private final JsonMapper json;
    private final JdbcTemplate jdbc;

    RegistryTables(
            RegisteredModelRepository models,
            VersionFiles stored,
            ModelFiles received,
            JsonMapper json,
            JdbcTemplate jdbc) {
        this.models = models;
        this.stored = stored;
        this.received = received;
        this.json = json;
        this.jdbc = jdbc;
    }

    /** Returns the names of all models. */
    public List<String> names() {
        return jdbc.queryForList("SELECT name FROM registered_model ORDER BY name", String.class);
    }

    /**
     * Checks that a model exists.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code model-not-found}
     */
    public void require(String model) {
        if (models.findById(model).isEmpty()) {
            throw ModelRegistry.notFound(model);
        }
    }

    /** Writes the file of an exported version to a stream. */
    public void copyFile(ExportedRow version, OutputStream out) {
        Long id = jdbc.queryForObject(
                "SELECT id FROM model_version WHERE model = ? AND version = ?",
                Long.class,
                version.get("model"),
                version.get("version"));
        stored.copy(id == null ? -1 : id, out);
    }

    /**
     * Inserts a model.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code name-taken}
     */
    public void insertModel(ExportedRow model) {
        String name = model.text("name");
        if (models.findById(name).isPresent()) {
            throw ProblemKind.NAME_TAKEN
                    .because(
                            "registered model '" + name + "' already exists; nothing was imported",
                            "import it into another coordinator, or delete the model here: the numbers of its versions"
                                    + " would name other files")
                    .with("field", "name");
        }
        MODELS.insert(jdbc, List.of(model));
    }

    /**
     * Inserts a version with its file, which is streamed.
     *
     * @param file a stream of exactly the file's bytes
     * @throws DataIntegrityViolationException if the file does not match the row, or the row is not a valid version
     */
    public void insertVersion(ExportedRow version, InputStream file) throws IOException {
        requireJson(version);
        StoredModelFile expected = new StoredModelFile(
                version.text("tensors"), version.text("dtype"), version.requiredWhole("bytes"), version.text("sha256"));
        boolean unused = received.received(file, path -> {
            if (!examined(path).equals(expected)) {
                throw new DataIntegrityViolationException(
                        "the file differs from the one that the version's row describes");
            }
            stored.save(VERSIONS.insertForId(jdbc, version, null), stored.place(path));
            return true;
        });
    }

    private void requireJson(ExportedRow version) {
        try {
            Map<String, String> unused =
                    json.readValue(version.text("metadata"), new TypeReference<Map<String, String>>() {});
            for (String column : List.of("definition", "metrics")) {
                if (version.get(column) != null
                        && !json.readTree(version.text(column)).isObject()) {
                    throw new DataIntegrityViolationException(column + " is not a JSON object");
                }
            }
        } catch (JacksonException e) {
            throw new DataIntegrityViolationException("the version's JSON cannot be read", e);
        }
    }

    private StoredModelFile examined(Path file) throws IOException {
        try {
            return received.examine(file);
        } catch (ProblemException e) {
            throw new DataIntegrityViolationException("the file is not a model", e);
        }
    }
}
