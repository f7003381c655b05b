package io.evenkeel.core.secagg;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Reconstructs a secret from shares, some of which are wrong, and finds the wrong ones. Shares are values of
 * a polynomial of degree below the threshold t, so m shares are a codeword of a Reed-Solomon code: with at
 * most (m - t) / 2 wrong ones, no other polynomial is as close.
 *
 * <p>Gao: "A new algorithm for decoding Reed-Solomon codes", 2003. The polynomial through all shares and the
 * one that is zero at all of their numbers are the input of Euclid's algorithm, which is stopped halfway; a
 * division then gives the polynomial. Takes time quadratic in m. Polynomials are arrays of coefficients, with
 * the constant term first and without trailing zeros.
 */
final class ShareCorrection {

    private final int[] numbers;
    private final int threshold;
    private final int[] inverses;
    private final int[] zeroAtAll;

    /**
     * @param numbers the numbers of the shares, ascending and all different, as {@link SecretSharing} counts
     * them
     */
    ShareCorrection(int[] numbers, int threshold) {
        this.numbers = numbers.clone();
        this.threshold = threshold;
        // Differences of numbers are their exclusive or, below the next power of two.
        this.inverses = new int[2 * Integer.highestOneBit(numbers[numbers.length - 1])];
        for (int i = 1; i < inverses.length; i++) {
            inverses[i] = inverse(i);
        }
        int[] product = {1};
        for (int number : numbers) {
            product = timesLinear(product, number);
        }
        this.zeroAtAll = product;
    }

    /** A secret, and the positions of the wrong shares. */
    static final class Corrected {

        private final byte[] secret;
        private final BitSet wrong;

        private Corrected(byte[] secret, BitSet wrong) {
            this.secret = secret;
            this.wrong = wrong;
        }

        /** Returns the secret, not copied. */
        byte[] secret() {
            return secret;
        }

        /** Returns the positions of the wrong shares. */
        BitSet wrong() {
            return wrong;
        }
    }

    /** Returns the number of wrong shares that can be corrected with certainty. */
    int correctable() {
        return (numbers.length - threshold) / 2;
    }

    /**
     * Finds the secret.
     *
     * @param shares in the order of the numbers, all of one length
     * @return empty if more shares are wrong than can be corrected
     */
    Optional<Corrected> correct(List<byte[]> shares) {
        byte[] secret = new byte[shares.get(0).length];
        BitSet wrong = new BitSet();
        for (int at = 0; at < secret.length; at += 2) {
            int[] values = new int[numbers.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = SecretSharing.get(shares.get(i), at);
            }
            int[] polynomial = decode(values);
            if (polynomial.length > threshold) {
                return Optional.empty();
            }
            SecretSharing.set(secret, at, polynomial.length == 0 ? 0 : polynomial[0]);
            for (int i = 0; i < values.length; i++) {
                if (valueAt(numbers[i], polynomial) != values[i]) {
                    wrong.set(i);
                }
            }
        }
        return Optional.of(new Corrected(secret, wrong));
    }

    /** Returns the nearest polynomial, or a polynomial of too high a degree if none is near enough. */
    private int[] decode(int[] values) {
        int[] before = zeroAtAll;
        int[] rest = through(values);
        int[] factorBefore = {};
        int[] factor = {1};
        while (2 * (rest.length - 1) >= numbers.length + threshold) {
            int[] remainder = before.clone();
            int[] quotient = divide(remainder, rest);
            before = rest;
            rest = trimmed(remainder);
            int[] next = plusProduct(factorBefore, quotient, factor);
            factorBefore = factor;
            factor = next;
        }
        int[] remainder = rest.clone();
        int[] polynomial = divide(remainder, factor);
        return trimmed(remainder).length == 0 ? polynomial : zeroAtAll;
    }

    /** Returns the polynomial through all shares, by Newton's divided differences. */
    private int[] through(int[] values) {
        int[] differences = values.clone();
        for (int order = 1; order < numbers.length; order++) {
            for (int i = numbers.length - 1; i >= order; i--) {
                differences[i] = SecretSharing.multiply(
                        differences[i] ^ differences[i - 1], inverses[numbers[i] ^ numbers[i - order]]);
            }
        }
        int[] polynomial = {};
        for (int i = numbers.length - 1; i >= 0; i--) {
            polynomial = timesLinear(polynomial, numbers[i]);
            if (polynomial.length == 0) {
                polynomial = new int[1];
            }
            polynomial[0] ^= differences[i];
            polynomial = trimmed(polynomial);
        }
        return polynomial;
    }

    private static int[] timesLinear(int[] polynomial, int zero) {
        if (polynomial.length == 0) {
            return polynomial;
        }
        int[] product = new int[polynomial.length + 1];
        for (int i = 0; i < polynomial.length; i++) {
            product[i + 1] ^= polynomial[i];
            product[i] ^= SecretSharing.multiply(polynomial[i], zero);
        }
        return product;
    }

    /** Divides two polynomials; the remainder replaces the dividend. */
    private static int[] divide(int[] dividend, int[] divisor) {
        int inverse = inverse(divisor[divisor.length - 1]);
        int[] quotient = new int[Math.max(0, dividend.length - divisor.length + 1)];
        for (int power = quotient.length - 1; power >= 0; power--) {
            quotient[power] = SecretSharing.multiply(dividend[power + divisor.length - 1], inverse);
            for (int i = 0; i < divisor.length; i++) {
                dividend[power + i] ^= SecretSharing.multiply(quotient[power], divisor[i]);
            }
        }
        return trimmed(quotient);
    }

    private static int[] plusProduct(int[] sum, int[] a, int[] b) {
        int[] result = Arrays.copyOf(sum, Math.max(sum.length, a.length + b.length));
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < b.length; j++) {
                result[i + j] ^= SecretSharing.multiply(a[i], b[j]);
            }
        }
        return trimmed(result);
    }

    private static int[] trimmed(int[] polynomial) {
        int length = polynomial.length;
        while (length > 0 && polynomial[length - 1] == 0) {
            length--;
        }
        return length == polynomial.length ? polynomial : Arrays.copyOf(polynomial, length);
    }

    private static int valueAt(int x, int[] polynomial) {
        int value = 0;
        for (int power = polynomial.length - 1; power >= 0; power--) {
            value = SecretSharing.multiply(value, x) ^ polynomial[power];
        }
        return value;
    }

    /** Returns a^(2^16 - 2). */
    private static int inverse(int a) {
        int square = a;
        int result = 1;
        for (int bit = 1; bit < Character.SIZE; bit++) {
            square = SecretSharing.multiply(square, square);
            result = SecretSharing.multiply(result, square);
        }
        return result;
    }
}
