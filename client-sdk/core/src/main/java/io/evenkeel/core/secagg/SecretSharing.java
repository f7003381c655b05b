package io.evenkeel.core.secagg;

import java.security.SecureRandom;
import java.util.List;

/**
 * Shamir's secret sharing over GF(2^16), two bytes at a time: any {@code threshold} shares reconstruct the
 * secret, and fewer shares reveal nothing about it. Share number x is the value at x = 1 to 65,535 of a
 * random polynomial whose value at 0 is the secret. Thread-safe.
 *
 * <p>Shamir: "How to share a secret", CACM 1979. The field is that of the polynomial x^16 + x^5 + x^3 + x +
 * 1; an element is two bytes, the lower one first.
 */
final class SecretSharing {

    /** The maximum number of shares of a secret. */
    static final int MAX_COUNT = (1 << 16) - 1;

    private static final int POLYNOMIAL = 0x1002B;
    private static final int BITS = 16;

    private SecretSharing() {}

    /**
     * Splits a secret.
     *
     * @param secret an even number of bytes
     * @param threshold the number of shares that reconstruct the secret, 1 to {@code count}
     * @param count the number of shares, at most {@link #MAX_COUNT}
     * @return the shares 1, 2, … {@code count}
     */
    static byte[][] split(byte[] secret, int threshold, int count, SecureRandom random) {
        if (threshold < 1 || threshold > count || count > MAX_COUNT) {
            throw new IllegalArgumentException("a threshold of " + threshold + " of " + count
                    + " shares, expected at least 1, and at most " + MAX_COUNT + " shares");
        }
        byte[][] coefficients = new byte[threshold][];
        coefficients[0] = secret;
        for (int power = 1; power < threshold; power++) {
            coefficients[power] = new byte[secret.length];
            random.nextBytes(coefficients[power]);
        }
        byte[][] shares = new byte[count][];
        for (int number = 1; number <= count; number++) {
            shares[number - 1] = valueAt(number, coefficients);
        }
        return shares;
    }

    private static byte[] valueAt(int x, byte[][] coefficients) {
        byte[] value = new byte[coefficients[0].length];
        for (int power = coefficients.length - 1; power >= 0; power--) {
            for (int i = 0; i < value.length; i += 2) {
                set(value, i, multiply(get(value, i), x) ^ get(coefficients[power], i));
            }
        }
        return value;
    }

    /**
     * Returns the weights of shares in their secret, which depend only on the shares' numbers. Takes quadratic time.
     *
     * @param numbers the numbers of the shares, all different
     */
    static int[] weights(int[] numbers) {
        int all = 0;
        for (int number : numbers) {
            all = Logarithms.sum(all, Logarithms.OF[number]);
        }
        int[] weights = new int[numbers.length];
        for (int share = 0; share < numbers.length; share++) {
            int below = Logarithms.OF[numbers[share]];
            for (int other : numbers) {
                if (other != numbers[share]) {
                    below = Logarithms.sum(below, Logarithms.OF[other ^ numbers[share]]);
                }
            }
            weights[share] = Logarithms.POWER[Logarithms.sum(all, MAX_COUNT - below)];
        }
        return weights;
    }

    /**
     * Reconstructs the secret from shares. Fewer shares than the threshold, or a wrong one, give different bytes.
     *
     * @param weights the weights of the shares, from {@link #weights}
     * @param shares in the order of the weights, all of one length
     */
    static byte[] combine(int[] weights, List<byte[]> shares) {
        byte[] secret = new byte[shares.get(0).length];
        for (int share = 0; share < weights.length; share++) {
            for (int i = 0; i < secret.length; i += 2) {
                set(secret, i, get(secret, i) ^ multiply(get(shares.get(share), i), weights[share]));
            }
        }
        return secret;
    }

    static int get(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) | (bytes[at + 1] & 0xFF) << 8;
    }

    static void set(byte[] bytes, int at, int element) {
        bytes[at] = (byte) element;
        bytes[at + 1] = (byte) (element >>> 8);
    }

    /** Multiplies without a branch or a table that depends on the factors, which are secret. */
    static int multiply(int a, int b) {
        int product = 0;
        int factor = a;
        for (int bit = 0; bit < BITS; bit++) {
            product ^= factor & -(b >>> bit & 1);
            factor = (factor << 1) ^ (POLYNOMIAL & -(factor >>> (BITS - 1)));
        }
        return product;
    }

    /**
     * Logarithms in the field. Only numbers of shares, which are public, are looked up, since lookups leave
     * traces in the processor's cache.
     */
    private static final class Logarithms {

        private static final int GENERATOR = 3;
        private static final char[] OF = new char[MAX_COUNT + 1];
        private static final char[] POWER = new char[MAX_COUNT + 1];

        static {
            int power = 1;
            for (int exponent = 0; exponent < MAX_COUNT; exponent++) {
                OF[power] = (char) exponent;
                POWER[exponent] = (char) power;
                power = multiply(power, GENERATOR);
            }
            POWER[MAX_COUNT] = 1;
        }

        /** Adds two exponents of at most {@link #MAX_COUNT}. */
        static int sum(int a, int b) {
            int sum = a + b;
            return sum > MAX_COUNT ? sum - MAX_COUNT : sum;
        }
    }
}
