package io.evenkeel.coordinator.platform.objects;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.core.wire.Digest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The contract of all object stores, with a subclass for each store. */
public abstract class ObjectStoreContract {

    private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");

    /** A time whose names sort after all other names. */
    private static final Instant LATER = Instant.parse("2126-01-01T00:00:00Z");

    /** Returns the store, with the same objects at each call. */
    protected abstract ObjectStore store();

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private byte[] read(String name, long offset, long length) throws IOException {
        try (InputStream in = store().open(new ObjectRange(name, offset, length))) {
            return in.readAllBytes();
        }
    }

    private String stored(byte[] bytes) {
        String name = ObjectNames.next(TIME);
        store().put(name, Content.of(bytes));
        return name;
    }

    @Test
    void readsAnyRangeOfAnObject() throws IOException {
        byte[] bytes = bytes(700_001);
        String name = stored(bytes);

        assertThat(read(name, 0, bytes.length)).isEqualTo(bytes);
        for (int[] range :
                new int[][] {{0, 1}, {1, 0}, {262_143, 3}, {262_144, 262_144}, {700_000, 1}, {10, 699_991}}) {
            assertThat(read(name, range[0], range[1]))
                    .as("from %d, %d bytes", range[0], range[1])
                    .isEqualTo(Arrays.copyOfRange(bytes, range[0], range[0] + range[1]));
        }
    }

    @Test
    void readsByteByByte() throws IOException {
        byte[] bytes = bytes(50);
        String name = stored(bytes);
        try (InputStream in = store().open(new ObjectRange(name, 10, 20))) {
            for (int i = 10; i < 30; i++) {
                assertThat(in.read()).isEqualTo(bytes[i] & 0xFF);
            }
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void joinsParts() throws IOException {
        String name = ObjectNames.next(TIME);
        store().put(name, Content.joined(List.of(Content.of(bytes(3)), Content.of(bytes(5)), Content.of(bytes(0)))));

        assertThat(read(name, 0, 3)).isEqualTo(bytes(3));
        assertThat(read(name, 3, 5)).isEqualTo(bytes(5));
    }

    @Test
    void distinguishesAMissingObjectFromATruncatedOne() {
        String absent = ObjectNames.next(TIME);
        String name = stored(bytes(10));

        assertThatThrownBy(() -> read(absent, 0, 1))
                .isInstanceOf(MissingObjectException.class)
                .hasMessageContaining(absent)
                .hasMessageContaining(store().toString());
        assertThatThrownBy(() -> read(name, 10, 1))
                .isInstanceOf(MissingObjectException.class)
                .hasMessageContaining(name);
    }

    @Test
    void deletingTwiceIsNotAnError() {
        String name = stored(bytes(10));
        store().delete(name);
        store().delete(name);

        assertThatThrownBy(() -> read(name, 0, 1)).isInstanceOf(MissingObjectException.class);
        assertThat(store().list("", 1000)).doesNotContain(name);
    }

    @Test
    void listsNamesInTheirOrderAndInPages() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            String name = ObjectNames.next(LATER.plusSeconds(1L + i));
            store().put(name, Content.of(bytes(1)));
            names.add(name);
        }
        String from = ObjectNames.next(LATER);

        assertThat(store().list(from, 1000)).containsExactlyElementsOf(names);
        assertThat(store().list(from, 2)).containsExactlyElementsOf(names.subList(0, 2));
        assertThat(store().list(names.get(1), 2)).containsExactlyElementsOf(names.subList(2, 4));
        assertThat(store().list(names.get(4), 1000)).isEmpty();
    }

    @Test
    void reportsTheNamesThatHaveNoObject() {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            names.add(ObjectNames.next(LATER.plusSeconds(100L + i)));
        }
        store().put(names.get(1), Content.of(bytes(1)));
        store().put(names.get(3), Content.of(bytes(1)));

        assertThat(store().missing(names)).containsExactly(names.get(0), names.get(2));
        assertThat(store().missing(names.subList(1, 2))).isEmpty();
        assertThat(store().missing(List.of())).isEmpty();
        store().delete(names.get(1));
        store().delete(names.get(3));
        assertThat(store().missing(names)).isEqualTo(names);
    }

    @Test
    void refusesContentOfAnotherLength() {
        String name = ObjectNames.next(TIME);
        Content shorter = new Content(10, () -> Content.of(bytes(9)).source().open());

        assertThatThrownBy(() -> store().put(name, shorter)).isInstanceOf(ObjectStoreException.class);
        assertThatThrownBy(() -> read(name, 0, 9)).isInstanceOf(MissingObjectException.class);
    }

    @Test
    void streamsALongObject() throws IOException {
        long length = 20L << 20;
        MessageDigest written = Digest.sha256();
        MessageDigest read = Digest.sha256();
        String name = ObjectNames.next(TIME);
        store().put(name, new Content(length, () -> new DigestInputStream(new Noise(length), written)));
        try (InputStream in = new DigestInputStream(store().open(new ObjectRange(name, 0, length)), read)) {
            assertThat(in.transferTo(OutputStream.nullOutputStream())).isEqualTo(length);
        }

        assertThat(read.digest()).isEqualTo(written.digest());
        store().delete(name);
    }

    /** Bytes that are generated on the fly. */
    private static final class Noise extends InputStream {

        private final Random random = new Random(1);
        private long left;

        Noise(long length) {
            this.left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? random.nextInt(256) : -1;
        }

        @Override
        public int read(byte[] into, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int count = (int) Math.min(Math.min(length, 1024), left);
            byte[] some = new byte[count];
            random.nextBytes(some);
            System.arraycopy(some, 0, into, offset, count);
            left -= count;
            return count;
        }
    }

    @Test
    void canBeCheckedOnceItHasBeenWritten() {
        assertThat(stored(bytes(1))).isNotEmpty();
        store().check();
    }
}
