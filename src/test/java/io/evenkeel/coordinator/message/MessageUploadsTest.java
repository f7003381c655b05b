package io.evenkeel.coordinator.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.coordinator.message.MessageUploads.Upload;
import io.evenkeel.coordinator.platform.objects.FolderStore;
import io.evenkeel.coordinator.platform.objects.ObjectStoreException;
import io.evenkeel.core.wire.Digest;
import io.evenkeel.engine.problem.ProblemException;
import io.evenkeel.engine.problem.ProblemKind;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MessageUploadsTest {

    private static final byte[] MESSAGE = new byte[300_000];

    static {
        new Random(1).nextBytes(MESSAGE);
    }

    @TempDir
    private Path folder;

    private final Instant now = Instant.now();
    private final MessageMemory memory = new MessageMemory(1 << 20, 1 << 20, 1 << 20);

    private MessageUploads uploads() {
        return uploads(0);
    }

    private MessageUploads uploads(long minFree) {
        return new MessageUploads(Optional.of(folder.resolve("uploads")), Clock.fixed(now, ZoneOffset.UTC), minFree);
    }

    private static Upload upload(String client, byte[] message) {
        return new Upload(7, client, HexFormat.of().formatHex(Digest.sha256().digest(message)));
    }

    private static InputStream part(int from, int to) {
        return new ByteArrayInputStream(MESSAGE, from, to - from);
    }

    /** Returns a stream with some bytes, after which the connection breaks. */
    private static InputStream broken(int from, int to) {
        return new SequenceInputStream(part(from, to), new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("connection reset");
            }

            @Override
            public int read(byte[] bytes, int from, int length) throws IOException {
                return read();
            }
        });
    }

    private byte[] read(MessageUploads uploads, Upload upload) {
        try (MessageMemory.Hold hold = memory.hold()) {
            return uploads.read(upload, hold);
        }
    }

    private static void assertRefused(ThrowingCall call, ProblemKind kind, String detail) {
        assertThatThrownBy(call::run).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem()).isEqualTo(kind);
            assertThat(e.detail()).contains(detail);
        });
    }

    @FunctionalInterface
    private interface ThrowingCall {
        void run() throws IOException;
    }

    @Test
    void receivedBytesSurviveABrokenConnectionAndARestart() throws IOException {
        Upload upload = upload("a", MESSAGE);
        assertThat(uploads().offset(upload)).isZero();
        int at = 0;
        for (int next : new int[] {1, 65_536, 65_537, 200_000}) {
            int from = at;
            assertThatThrownBy(() -> uploads().append(upload, from, broken(from, next)))
                    .hasMessage("connection reset");
            assertThat(uploads().offset(upload)).isEqualTo(next);
            at = next;
        }
        assertThat(uploads().append(upload, at, part(at, MESSAGE.length))).isEqualTo(MESSAGE.length);
        assertThat(read(uploads(), upload)).isEqualTo(MESSAGE);
        assertThat(read(uploads(), upload)).as("the receipt got lost").isEqualTo(MESSAGE);
    }

    @Test
    void aPartAtAnotherOffsetChangesNothing() throws IOException {
        Upload upload = upload("a", MESSAGE);
        uploads().append(upload, 0, part(0, 1000));
        for (int offset : new int[] {-1, 0, 999, 1001}) {
            assertRefused(
                    () -> uploads().append(upload, offset, part(0, 1000)),
                    ProblemKind.CONFLICT,
                    "Upload-Offset is " + offset + ", and 1000 bytes of this upload have arrived");
        }
        assertThat(uploads().offset(upload)).isEqualTo(1000);
    }

    @Test
    void anAbandonedRequestCannotWriteIntoTheNext() throws IOException {
        Upload upload = upload("a", MESSAGE);
        MessageUploads uploads = uploads();
        InputStream late = new SequenceInputStream(part(0, 1000), new InputStream() {
            private boolean isOver;

            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                if (isOver) {
                    return -1;
                }
                isOver = true;
                uploads.append(upload, 1000, part(1000, MESSAGE.length));
                into[offset] = 1;
                return 1;
            }
        });
        assertRefused(() -> uploads.append(upload, 0, late), ProblemKind.CONFLICT, "Upload-Offset is 1000");
        assertThat(read(uploads, upload)).isEqualTo(MESSAGE);
    }

    @Test
    void anIncompleteOrDamagedUploadIsNotAMessage() throws IOException {
        Upload upload = upload("a", MESSAGE);
        assertRefused(() -> read(uploads(), upload), ProblemKind.NOT_FOUND, "the 0 bytes of this upload");
        byte[] other = MESSAGE.clone();
        other[5]++;
        uploads().append(upload, 0, new ByteArrayInputStream(other));
        assertRefused(() -> read(uploads(), upload), ProblemKind.NOT_FOUND, "do not have the SHA-256");
    }

    @Test
    void readingAnIncompleteUploadKeepsTheReceivedBytes() throws IOException {
        Upload upload = upload("a", MESSAGE);
        uploads().append(upload, 0, part(0, 1000));
        assertRefused(() -> read(uploads(), upload), ProblemKind.NOT_FOUND, "the 1000 bytes of this upload");
        uploads().append(upload, 1000, part(1000, MESSAGE.length));
        assertThat(read(uploads(), upload)).isEqualTo(MESSAGE);
    }

    @Test
    void onlyTheOwnerCanReadReceivedParts() throws IOException {
        Upload upload = upload("a", MESSAGE);
        assertThat(uploads().begin(upload)).isZero();
        uploads().append(upload, 0, part(0, 1000));
        try (Stream<Path> paths = Files.walk(folder.resolve("uploads"))) {
            assertThat(paths.map(MessageUploadsTest::permissions))
                    .containsExactly("rwx------", "rwx------", "rw-------");
        }
    }

    private static String permissions(Path path) {
        try {
            return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aMemberHasOneUploadAndTwoMembersHaveTwo() throws IOException {
        byte[] second = Arrays.copyOf(MESSAGE, 2000);
        uploads().append(upload("a", MESSAGE), 0, part(0, 1000));
        uploads().append(upload("b", MESSAGE), 0, part(0, 500));
        uploads().append(upload("a", second), 0, new ByteArrayInputStream(second));
        assertThat(uploads().offset(upload("a", MESSAGE))).isZero();
        assertThat(uploads().offset(upload("b", MESSAGE))).isEqualTo(500);
        assertThat(read(uploads(), upload("a", second))).isEqualTo(second);
    }

    @Test
    void uploadsNotModifiedForADayAreDeleted() throws IOException {
        uploads().append(upload("a", MESSAGE), 0, part(0, 1000));
        uploads().append(upload("b", MESSAGE), 0, part(0, 1000));
        Files.setLastModifiedTime(file(upload("a", MESSAGE)), FileTime.from(now.minus(Duration.ofHours(25))));
        uploads().sweep(() -> Set.of(7L));
        assertThat(uploads().offset(upload("a", MESSAGE))).isZero();
        assertThat(uploads().offset(upload("b", MESSAGE))).isEqualTo(1000);
        Files.setLastModifiedTime(file(upload("a", MESSAGE)).resolveSibling(""), FileTime.from(Instant.EPOCH));
        uploads().sweep(() -> Set.of(7L));
        assertThat(folder.resolve("uploads").resolve("7-b")).exists();
        assertThat(folder.resolve("uploads").resolve("7-a")).doesNotExist();
    }

    @Test
    void uploadsOfRunsThatAcceptNoMessagesAreDeleted() throws IOException {
        uploads().append(upload("a", MESSAGE), 0, part(0, 1000));
        uploads().append(upload("b", MESSAGE), 0, part(0, 1000));
        uploads().sweep(() -> Set.of(70L, 8L));
        assertThat(folder.resolve("uploads")).isEmptyDirectory();
    }

    @Test
    void thereIsNothingToSweepWithoutUploads() {
        uploads().sweep(() -> Set.of(7L));
        new MessageUploads(Optional.empty(), Clock.systemUTC(), 0).sweep(() -> Set.of(7L));
        assertThat(folder).isEmptyDirectory();
    }

    private Path file(Upload upload) {
        return folder.resolve("uploads").resolve("7-" + upload.client()).resolve(upload.sha256());
    }

    @Test
    void refusesUploadsToANearlyFullDisk() {
        MessageUploads full = uploads(Long.MAX_VALUE);
        String refusal = "the disk of evenkeel.storage.folder has less than";
        assertRefused(() -> full.begin(upload("a", MESSAGE)), ProblemKind.NOT_FOUND, refusal);
        assertRefused(() -> full.append(upload("a", MESSAGE), 0, part(0, 1000)), ProblemKind.NOT_FOUND, refusal);
    }

    @Test
    void anUploadInProgressContinuesWithHalfTheSpaceThatNewOnesNeed() throws IOException {
        Upload upload = upload("a", MESSAGE);
        assertThat(uploads().begin(upload)).isZero();
        uploads().append(upload, 0, part(0, 1000));
        long free = folder.toFile().getUsableSpace();
        MessageUploads fuller = uploads(free + free / 2);
        assertThat(fuller.begin(upload)).isEqualTo(1000);
        assertThat(fuller.append(upload, 1000, part(1000, 2000))).isEqualTo(2000);

        MessageUploads full = uploads(Long.MAX_VALUE);
        assertRefused(() -> full.append(upload, 2000, part(2000, 3000)), ProblemKind.NOT_FOUND, "has less than");
        assertThat(uploads().offset(upload)).as("the message arrives whole").isZero();
    }

    @Test
    void aDiskFailureIsNotReportedAsABrokenConnection() throws IOException {
        Upload upload = upload("a", MESSAGE);
        Path file = file(upload);
        InputStream body = new SequenceInputStream(part(0, 1000), new InputStream() {
            @Override
            public int read() {
                throw new UnsupportedOperationException();
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                Files.delete(file);
                Files.createDirectory(file);
                return 1;
            }
        });
        assertThatThrownBy(() -> uploads().append(upload, 0, body))
                .isInstanceOf(ObjectStoreException.class)
                .hasMessageContaining("could not write a part of a message");
        Files.delete(file);
        assertThat(uploads().append(upload, 0, part(0, MESSAGE.length))).isEqualTo(MESSAGE.length);
        assertThat(read(uploads(), upload)).isEqualTo(MESSAGE);
    }

    @Test
    void aStoreWithoutAFolderRefusesUploads() {
        MessageUploads none = new MessageUploads(Optional.empty(), Clock.systemUTC(), 0);
        assertRefused(
                () -> none.offset(upload("a", MESSAGE)), ProblemKind.NOT_FOUND, "evenkeel.storage.kind is not folder");
    }

    @Test
    void anUploadIsNamedByASha256() {
        assertRefused(() -> new Upload(7, "a", "../../etc"), ProblemKind.NOT_FOUND, "expected the SHA-256");
    }

    @Test
    void objectsAreListedWithoutUploads() throws IOException {
        uploads().append(upload("a", MESSAGE), 0, part(0, 1000));
        assertThat(new FolderStore(folder).list("", 10)).isEmpty();
    }
}
