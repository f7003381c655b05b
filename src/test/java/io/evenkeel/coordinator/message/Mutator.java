package io.evenkeel.coordinator.message;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/**
 * Damages valid inputs in the ways that break readers: bits, lengths, extreme numbers, cuts, splices and tokens of the
 * language.
 */
final class Mutator {

    private static final long[] EXTREMES = {
        0,
        1,
        -1,
        127,
        128,
        255,
        256,
        32767,
        65535,
        65536,
        Integer.MAX_VALUE,
        Integer.MIN_VALUE,
        Long.MAX_VALUE,
        Long.MIN_VALUE
    };
    private static final List<byte[]> TOKENS = List.of(
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    ":",
                    "\"",
                    "\\u0000",
                    "\\ud800",
                    "null",
                    "true",
                    "1e999",
                    "-1e-999",
                    "-0",
                    "NaN",
                    "0x1",
                    "9223372036854775808",
                    "18446744073709551616",
                    "0.1",
                    "[[[[[[[[",
                    "{\"a\":",
                    "\"__proto__\"",
                    "\"values\":[1]",
                    "\"indices\":[0,0]",
                    "\"sequence\":0",
                    "\"name\":\"a\"",
                    "\uFEFF",
                    "\u0000",
                    "é")
            .stream()
            .map(token -> token.getBytes(StandardCharsets.UTF_8))
            .toList();
    private static final int MAGIC = 0xE7;
    private static final int FRAME = 'F';

    private final RandomGenerator random;

    Mutator(RandomGenerator random) {
        this.random = random;
    }

    /** Returns one of the inputs after one to eight changes. Half of the messages get corrected checksums. */
    byte[] mutate(List<byte[]> valid) {
        byte[] input = pick(valid).clone();
        int changes = 1 + random.nextInt(8);
        for (int i = 0; i < changes; i++) {
            input = change(input, valid);
        }
        return random.nextBoolean() ? repair(input) : input;
    }

    private byte[] change(byte[] input, List<byte[]> valid) {
        return switch (random.nextInt(10)) {
            case 0, 1 -> flip(input);
            case 2 -> set(input, (byte) random.nextInt(256));
            case 3 -> overwrite(input, extreme());
            case 4 -> cut(input);
            case 5 -> insert(input, at(input), bytes(1 + random.nextInt(16)));
            case 6 -> insert(input, at(input), pick(TOKENS));
            case 7 -> repeat(input);
            case 8 -> splice(input, pick(valid));
            default -> random.nextInt(20) == 0 ? bytes(random.nextInt(200)) : flip(input);
        };
    }

    private int at(byte[] input) {
        return input.length == 0 ? 0 : random.nextInt(input.length);
    }

    private byte[] pick(List<byte[]> from) {
        return from.get(random.nextInt(from.size()));
    }

    private byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] flip(byte[] input) {
        return input.length == 0 ? input : set(input, (byte) (1 << random.nextInt(8)), true);
    }

    private byte[] set(byte[] input, byte value) {
        return input.length == 0 ? input : set(input, value, false);
    }

    private byte[] set(byte[] input, byte value, boolean flipped) {
        int at = at(input);
        input[at] = flipped ? (byte) (input[at] ^ value) : value;
        return input;
    }

    private byte[] extreme() {
        long value = EXTREMES[random.nextInt(EXTREMES.length)];
        byte[] all = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(random.nextInt(4) == 0 ? Double.doubleToLongBits(1 / (double) value) : value)
                .array();
        return Arrays.copyOf(all, 1 << random.nextInt(4));
    }

    private byte[] overwrite(byte[] input, byte[] piece) {
        int at = at(input);
        System.arraycopy(piece, 0, input, at, Math.min(piece.length, input.length - at));
        return input;
    }

    private byte[] cut(byte[] input) {
        int from = at(input);
        int to = random.nextBoolean() ? input.length : Math.min(input.length, from + 1 + random.nextInt(8));
        return insert(Arrays.copyOf(input, from), from, Arrays.copyOfRange(input, to, input.length));
    }

    private byte[] repeat(byte[] input) {
        int from = at(input);
        int to = Math.min(input.length, from + 1 + random.nextInt(32));
        return insert(input, from, Arrays.copyOfRange(input, from, to));
    }

    private byte[] splice(byte[] input, byte[] other) {
        int head = at(input);
        int tail = at(other);
        return insert(Arrays.copyOf(input, head), head, Arrays.copyOfRange(other, tail, other.length));
    }

    private static byte[] insert(byte[] input, int at, byte[] piece) {
        byte[] longer = new byte[input.length + piece.length];
        System.arraycopy(input, 0, longer, 0, at);
        System.arraycopy(piece, 0, longer, at, piece.length);
        System.arraycopy(input, at, longer, at + piece.length, input.length - at);
        return longer;
    }

    /** Corrects the checksum of a frame, or both checksums of a message, so that the content is read too. */
    private static byte[] repair(byte[] input) {
        int frame = frame(input);
        if (frame < 0 && input.length > Integer.BYTES && (input[0] & 0xFF) == MAGIC) {
            seal(input, 0, input.length - Integer.BYTES);
        }
        if (frame < Integer.BYTES || input.length - frame < Integer.BYTES) {
            return input;
        }
        seal(input, 0, frame - Integer.BYTES);
        seal(input, frame, input.length - Integer.BYTES);
        return input;
    }

    private static int frame(byte[] input) {
        for (int i = 2; i + 1 < input.length; i++) {
            if ((input[i] & 0xFF) == MAGIC && input[i + 1] == FRAME) {
                return i;
            }
        }
        return -1;
    }

    private static void seal(byte[] input, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(input, from, to - from);
        ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN).putInt(to, (int) crc.getValue());
    }
}
