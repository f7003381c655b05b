package io.evenkeel.coordinator.transfer;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.platform.storage.ExportedColumn;
import io.evenkeel.coordinator.testing.MigrationFiles;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Every column of the schema is in an export, or is listed here with the reason for its absence. A new table belongs in
 * {@link Part}, and then moves with its run or model. A table that must not move belongs in {@link #NOT_EXPORTED} and
 * under "Export and import" in docs/storage.md.
 */
class ExportCoverageTest {

    private static final Pattern TABLE = Pattern.compile("(?ms)^CREATE TABLE (\\w+) \\((.*?)^\\);");
    private static final Pattern COLUMN = Pattern.compile("(?m)^    (\\w+) +(?:[A-Z$])");
    private static final Pattern ADDED = Pattern.compile("(?m)^ALTER TABLE (\\w+) ADD COLUMN (\\w+)");
    private static final Set<String> NO_COLUMNS = Set.of("CONSTRAINT", "PRIMARY");

    private static final String KEY = "a key of the database; names and ordinals stand for it";
    private static final String LEASE = "which replica closes rounds is decided anew";
    private static final String REVISIONS = "follows from run_revision";
    private static final String LENGTHS =
            "follows from the lengths of the messages; of folded ones, nothing needs them";
    private static final String CHECKS = "is checked again";
    private static final String CHAIN = "is in the member's row";
    private static final String PLACE = "says where this installation stores the bytes, which are exported";

    private static final Map<String, String> NOT_EXPORTED = Map.ofEntries(
            entry("operator_token", "says who operates this installation"),
            entry("access_token", "says who operates this installation"),
            entry("protected_alias", "says what operators of this installation may not do alone"),
            entry("audit_entry", "says what was requested from this installation"),
            entry("webhook", "has a secret that signs deliveries, and an address that would get each of them twice"),
            entry("webhook_delivery", "belongs to a webhook"),
            entry("trusted_time", "is the time of this installation"),
            entry("installation", "is the id of this installation"),
            entry("stored_object", PLACE),
            entry("object_chunk", "has bytes that are exported with the rows that name them"),
            entry("checkpoint.memory_at", PLACE),
            entry("checkpoint.state_at", PLACE),
            entry("round_update.data_at", PLACE),
            entry("round_update.delta_at", PLACE),
            entry("member_snapshot.state_at", PLACE),
            entry("member_backup.data_at", PLACE),
            entry("model_version_file.data_at", PLACE),
            entry("replica", "the processes of this installation"),
            entry("sum_check", "is computed again"),
            entry("profile_value", "follows from profile"),
            entry("profile.id", KEY),
            entry("profile.digest", "follows from attributes and labels"),
            entry("client.enrolment_key", "recognises a repeated request, whose response the device already has"),
            entry("client.profile_id", KEY),
            entry(
                    "enrolment_token.uses_left",
                    "is 0 after an import: a token must not admit devices at two coordinators"),
            entry("run.id", KEY),
            entry("run.revision", REVISIONS),
            entry("run.open_revision", REVISIONS),
            entry(
                    "run.ended_at",
                    "a run that is imported counts as ended at the import, so that it is not deleted for its age"),
            entry("run.deleted_at", "a deleted run is not exported"),
            entry("run.lease_holder", LEASE),
            entry("run.lease_until", LEASE),
            entry("run.lease_epoch", LEASE),
            entry("run.chain_checked_at", CHECKS),
            entry("run.chain_fault", CHECKS),
            entry(
                    "run.missed_rounds",
                    "the wait for members starts again: they may not have found this installation yet"),
            entry("run_chain.run_id", KEY),
            entry("folded_messages.run_id", KEY),
            entry("run_revision.run_id", KEY),
            entry("run_event.id", KEY),
            entry("run_event.run_id", KEY),
            entry("run_event.pending", "webhooks of the other installation get the events from before the import"),
            entry("run_refusal.run_id", KEY),
            entry("member.id", KEY),
            entry("member.run_id", KEY),
            entry("member_chain.member_id", KEY),
            entry("member_chain.sequence", CHAIN),
            entry("member_chain.head", CHAIN),
            entry("member_chain.last_round", CHAIN),
            entry("member_chain.bytes", LENGTHS),
            entry("member_snapshot.member_id", KEY),
            entry("member_snapshot.bytes", LENGTHS),
            entry("message.member_id", KEY),
            entry("message.run_id", KEY),
            entry("message.payload_id", KEY),
            entry("message_payload.id", KEY),
            entry("message_payload.data", "is in the message's row"),
            entry("message_payload.data_at", PLACE),
            entry("checkpoint.run_id", KEY),
            entry("round_update.run_id", KEY),
            entry("round_record.run_id", KEY),
            entry("round_record.revision", REVISIONS),
            entry("round_draw.run_id", KEY),
            entry("round_noise.run_id", KEY),
            entry("round_decline.run_id", KEY),
            entry("loss_trend.run_id", KEY),
            entry("secagg_attempt.id", KEY),
            entry("secagg_attempt.run_id", KEY),
            entry("secagg_member.attempt_id", KEY),
            entry("cohort_sum.run_id", KEY),
            entry("member_backup.run_id", KEY),
            entry("cohort_fault.run_id", KEY),
            entry("cohort_evidence.run_id", KEY),
            entry("lost_messages.run_id", KEY),
            entry("next_round.run_id", KEY),
            entry("skipped_rounds.run_id", KEY),
            entry("model_version.id", KEY),
            entry("model_version_file.version_id", KEY),
            entry("model_alias_change.id", KEY),
            entry("rollout.active", "follows from the state"),
            entry("evaluation.id", KEY),
            entry("evaluation_result.evaluation", KEY),
            entry("evaluation_value.evaluation", KEY),
            entry("evaluation_group.evaluation", KEY),
            entry("evaluation_site.evaluation", KEY),
            entry("evaluation_site_value.evaluation", KEY),
            entry("evaluation_upstream.evaluation", KEY));

    @Test
    void everyColumnIsExportedOrLeftOutForAReason() throws IOException {
        Set<String> exported = exported();
        Set<String> missing = new TreeSet<>();
        Set<String> unused = new TreeSet<>(NOT_EXPORTED.keySet());
        String schema = MigrationFiles.text();
        Matcher tables = TABLE.matcher(schema);
        while (tables.find()) {
            String table = tables.group(1);
            boolean isLeftOut = unused.remove(table);
            Matcher columns = COLUMN.matcher(tables.group(2));
            while (columns.find()) {
                String column = table + "." + columns.group(1);
                if (!NO_COLUMNS.contains(columns.group(1)) && !unused.remove(column) && !exported.remove(column)) {
                    if (!isLeftOut) {
                        missing.add(column);
                    }
                }
            }
        }
        Matcher added = ADDED.matcher(schema);
        while (added.find()) {
            String column = added.group(1) + "." + added.group(2);
            if (!NOT_EXPORTED.containsKey(added.group(1)) && !unused.remove(column) && !exported.remove(column)) {
                missing.add(column);
            }
        }
        assertThat(missing)
                .as(
                        "columns that are not exported: add them to the ExportedTable of their table, and a new table to Part")
                .isEmpty();
        assertThat(unused)
                .as("left out of exports, but not in the schema, or listed twice")
                .isEmpty();
        assertThat(exported).as("exported, but not in the schema, or left out").isEmpty();
    }

    private static Set<String> exported() {
        return Arrays.stream(Part.values())
                .map(Part::table)
                .flatMap(table -> table.columns().stream()
                        .filter(column -> column.expression().startsWith("t."))
                        .map(ExportedColumn::name)
                        .map(column -> table.name() + "." + column))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void kindsAreUniqueAndStay() {
        assertThat(Arrays.stream(Part.values()).map(Part::kind)).doesNotHaveDuplicates();
        assertThat(Arrays.stream(Part.values()).map(Part::section)).isSorted();
    }
}
