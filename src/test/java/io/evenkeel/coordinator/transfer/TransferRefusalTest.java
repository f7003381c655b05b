package io.evenkeel.coordinator.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.message.FileMutator;
import io.evenkeel.coordinator.testing.Reply;
import io.evenkeel.coordinator.testing.Scene;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A file that is damaged, or whose rows contradict each other, is refused and changes nothing. */
class TransferRefusalTest extends TwoCoordinators {

    @Test
    void refusesRevisionsThatDoNotApply() {
        Scene scene = scene();
        change(scene, "{\"rounds\":19}");
        byte[] export = export(scene);
        scene.moveTo(there.endpoint(), there.jdbc());

        assertRefused(scene, FileMutator.edit(export, records -> replaceLast(records, "\"to\":19", "\"to\":-9")));
        assertRefused(scene, FileMutator.edit(export, records -> replaceLast(records, "\"to\":19", "\"to\":[1]")));
        assertRefused(scene, FileMutator.edit(export, records -> replaceLast(records, "[{\"field\"", "[{\"feild\"")));
        assertRefused(scene, FileMutator.edit(export, records -> replaceLast(records, "\"rounds\"", "\"rounde\"")));
        assertRefused(scene, FileMutator.edit(export, records -> records.get(lastRevision(records))[9] = 7));
        assertThat(importFile(scene, export).status()).isEqualTo(201);
    }

    private static int lastRevision(List<byte[]> records) {
        int at = records.size() - 1;
        while (records.get(at)[0] != Part.REVISION.kind()) {
            at--;
        }
        return at;
    }

    private static void replaceLast(List<byte[]> records, String text, String by) {
        int last = lastRevision(records);
        String record = new String(records.get(last), StandardCharsets.ISO_8859_1);
        assertThat(record).contains(text);
        records.set(last, record.replace(text, by).getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void aDamagedOrTruncatedFileIsRefusedWithThePositionAndNothingIsImported() {
        Scene scene = scene();
        rounds(scene, 0, 3);
        byte[] file = export(scene);
        scene.moveTo(there.endpoint(), there.jdbc());
        String before = contents();
        Random random = new Random(3);
        for (int i = 0; i < 40; i++) {
            byte[] wrong = file.clone();
            if (i % 2 == 0) {
                wrong[random.nextInt(wrong.length)] ^= (byte) (1 << random.nextInt(8));
            } else {
                wrong = Arrays.copyOf(wrong, random.nextInt(wrong.length));
            }
            Reply reply = importFile(scene, wrong);
            // The digest at the end detects a changed bit in the time of the export.
            assertThat(reply.problem()).as(reply.toString()).isEqualTo("invalid-frame");
            assertThat(reply.number("position")).isBetween(0, file.length);
        }
        assertThat(importFile(scene, Arrays.copyOf(file, file.length + 1)).number("position"))
                .isEqualTo(file.length);
        assertThat(contents()).isEqualTo(before);
        assertThat(importFile(scene, file).status()).isEqualTo(201);
    }

    private String contents() {
        StringBuilder counts = new StringBuilder();
        for (String table :
                List.of("run", "client", "member", "message", "message_payload", "checkpoint", "round_update")) {
            counts.append(there.jdbc().queryForList("SELECT COUNT(*) FROM " + table));
        }
        return counts.toString();
    }

    /** A web server closes the connection of a request whose body it has not read. */
    @Test
    void theRefusalOfALongFileArrivesThoughItsFirstRecordsAreRefused() {
        Scene scene = scene();
        byte[] file = export(scene);
        byte[] longer = Arrays.copyOf(file, file.length + (32 << 20));
        Arrays.fill(longer, 0, 4, (byte) 0);

        assertThat(importFile(scene, longer).number("position")).isZero();
    }

    @Test
    void refusesRowsThatContradictEachOtherDespiteValidChecksums() {
        Scene scene = scene();
        rounds(scene, 0, 2);
        byte[] export = export(scene);
        scene.moveTo(there.endpoint(), there.jdbc());

        assertRefused(scene, FileMutator.edit(export, records -> records.add(records.get(records.size() - 1))));
        assertRefused(scene, FileMutator.edit(export, records -> replace(records, "RUNNING", "RUMMING")));
        assertRefused(scene, FileMutator.edit(export, records -> replace(records, "\0\0\0\7RUNNING", "\0\0\0\0")));
        assertThat(importFile(scene, export).status()).isEqualTo(201);
    }

    private static void replace(List<byte[]> records, String text, String by) {
        int at = FileMutator.indexOfRun(records);
        String run = new String(records.get(at), StandardCharsets.ISO_8859_1);
        assertThat(run).contains(text);
        records.set(at, run.replace(text, by).getBytes(StandardCharsets.ISO_8859_1));
    }
}
