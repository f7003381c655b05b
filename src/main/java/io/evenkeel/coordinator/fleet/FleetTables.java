package io.evenkeel.coordinator.fleet;

import static io.evenkeel.coordinator.platform.storage.ExportedColumn.text;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.time;
import static io.evenkeel.coordinator.platform.storage.ExportedColumn.whole;

import io.evenkeel.coordinator.platform.storage.ExportedRow;
import io.evenkeel.coordinator.platform.storage.ExportedTable;
import io.evenkeel.coordinator.platform.time.ClockCorrection;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;

/**
 * Exports and imports the tables {@code client} and {@code enrolment_token}. Works in the caller's transaction.
 */
@Component
public class FleetTables implements ClockCorrection {

    /**
     * The tokens with which the given clients enrolled; the query's parameter is an array of the clients'
     * ids.
     */
    public static final ExportedTable TOKENS = ExportedTable.of(
            "enrolment_token",
            "uses_left",
            "FROM enrolment_token t WHERE t.id IN (SELECT c.enrolled_by FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS"
                    + " wanted(id) JOIN client c ON c.id = wanted.id) ORDER BY t.id",
            text("id"),
            text("hash"),
            text("description"),
            whole("uses"),
            time("created_at"),
            time("expires_at"),
            time("revoked_at"),
            text("run"));

    /** The given clients; the query's parameter is an array of their ids, each once. */
    public static final ExportedTable CLIENTS = ExportedTable.of(
            "client",
            "enrolment_key",
            "FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS wanted(id) JOIN client t ON t.id = wanted.id ORDER BY t.id",
            text("id"),
            text("name"),
            text("secret_hash"),
            text("enrolled_by"),
            time("enrolled_at"),
            time("last_seen_at"),
            time("revoked_at"),
            text("next_secret_hash"),
            text("run"),
            text("certificate"));

    /**
     * The attributes and labels of the given clients, if they have any; the query's parameter is an array of
     * the clients' ids.
     */
    public static final ExportedTable PROFILES = ExportedTable.of(
            "profile",
            "digest",
            "FROM UNNEST(CAST(? AS VARCHAR ARRAY)) AS wanted(id) JOIN client c ON c.id = wanted.id"
                    + " JOIN profile t ON t.id = c.profile_id WHERE t.id <> 0 ORDER BY c.id",
            text("client_id").from("c.id"),
            text("attributes"),
            text("labels"));

    private final EnrolmentTokenRepository tokens;
    private final ClientRepository clients;
    private final ProfileTable profiles;
    private final JdbcTemplate jdbc;

    FleetTables(EnrolmentTokenRepository tokens, ClientRepository clients, ProfileTable profiles, JdbcTemplate jdbc) {
        this.tokens = tokens;
        this.clients = clients;
        this.profiles = profiles;
        this.jdbc = jdbc;
    }

    /** Returns up to {@code limit} ids of clients, starting after a given id. */
    public List<String> clientsAfter(String id, int limit) {
        return jdbc.queryForList(
                "SELECT id FROM client WHERE id > ? ORDER BY id FETCH FIRST " + limit + " ROWS ONLY", String.class, id);
    }

    /**
     * Inserts a token, unless it already exists. It has no uses left, since it admitted its clients at
     * another coordinator.
     */
    public void insertToken(ExportedRow token) {
        if (!tokens.existsById(token.text("id"))) {
            TOKENS.insert(jdbc, List.of(token), row -> 0);
        }
    }

    /**
     * Inserts a client, unless it already exists with the same secret, or was erased either in the file or
     * here. A client that was erased here stays erased.
     *
     * @throws io.evenkeel.engine.problem.ProblemException {@code conflict} if it exists with a different
     *     secret
     */
    public void insertClient(ExportedRow client) {
        String id = client.text("id");
        Optional<Client> present = clients.findById(id);
        if (present.isEmpty()) {
            CLIENTS.insert(jdbc, List.of(client), row -> null);
        } else if (!present.get().isErased() && !isSame(present.get().secretHash(), client.text("secret_hash"))) {
            throw ProblemKind.CONFLICT
                    .because(
                            "client " + id + " is enrolled here with another secret; nothing was imported",
                            "import into a coordinator that does not know this client")
                    .with("client", id);
        }
    }

    /** An empty secret marks an erased client. */
    private static boolean isSame(String present, String imported) {
        return imported.isEmpty() || present.equals(imported);
    }

    /**
     * Sets a client's attributes and labels, unless it already has any here, or was erased.
     *
     * @throws DataIntegrityViolationException if they are invalid
     */
    public void insertProfile(ExportedRow profile) {
        String id = profile.text("client_id");
        if (clients.findById(id).filter(client -> !client.isErased()).isEmpty()) {
            return;
        }
        long key;
        try {
            key = profiles.key(new Profile(
                    profiles.checked("attributes", profile.text("attributes")),
                    profiles.checked("labels", profile.text("labels"))));
        } catch (JacksonException | ProblemException e) {
            throw new DataIntegrityViolationException("the attributes of " + id, e);
        }
        jdbc.update("UPDATE client SET profile_id = ? WHERE id = ? AND profile_id = 0", key, id);
    }

    @Override
    public void correct(Instant now) {
        ClockCorrection.moveBack(JdbcClient.create(jdbc), "enrolment_token", "created_at", "expires_at", now);
    }
}
