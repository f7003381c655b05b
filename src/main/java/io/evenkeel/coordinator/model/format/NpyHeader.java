package io.evenkeel.coordinator.model.format;

import io.evenkeel.engine.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The header of an .npy file: a Python dict literal. Parses only the form that NumPy writes.
 *
 * @param type the values' type
 * @param shape the lengths of the axes; empty for a scalar
 */
record NpyHeader(FloatType type, List<Long> shape) {

    /** Returns the number of values, or {@link Long#MAX_VALUE} if it exceeds that of any model. */
    long count() {
        long count = 1;
        for (long axis : shape) {
            if (axis == 0) {
                return 0;
            }
            count = axis > Integer.MAX_VALUE || count > Integer.MAX_VALUE ? Long.MAX_VALUE : count * axis;
        }
        return count;
    }

    /**
     * @param start the position of the text's first byte, for error messages
     * @throws ProblemException {@code invalid-frame} if it is not such a dict, or the array is not C-ordered
     *     float32 or float64
     */
    static NpyHeader parse(String text, long start) {
        return new Parser(text, start).header();
    }

    private static final class Parser {

        private static final int MAX_AXES = 64;
        // 10 digits are enough to exceed the size of any model, and do not overflow a long.
        private static final int MAX_DIGITS = 10;

        private final String text;
        private final long start;
        private int at;

        Parser(String text, long start) {
            this.text = text;
            this.start = start;
        }

        NpyHeader header() {
            FloatType type = null;
            List<Long> shape = null;
            boolean fortran = false;
            expect('{');
            while (!accept('}')) {
                int keyAt = at;
                String key = string();
                expect(':');
                switch (key) {
                    case "descr" -> type = type();
                    case "fortran_order" -> fortran = bool();
                    case "shape" -> shape = shape();
                    default -> throw refusal(keyAt, "the key '" + key + "'", "descr, fortran_order or shape");
                }
                if (!accept(',') && peek() != '}') {
                    throw refusal(at, found(), "',' or '}'");
                }
            }
            return checked(type, shape, fortran);
        }

        private NpyHeader checked(@Nullable FloatType type, @Nullable List<Long> shape, boolean fortran) {
            if (peek() != 0) {
                throw refusal(at, found(), "the end of the header");
            }
            if (type == null || shape == null) {
                throw refusal(0, "a header without " + (type == null ? "descr" : "shape"), "one with it");
            }
            if (fortran && shape.size() > 1) {
                throw refusal(0, "an array in Fortran order", "C order, as numpy.ascontiguousarray returns it");
            }
            return new NpyHeader(type, List.copyOf(shape));
        }

        private FloatType type() {
            int typeAt = at;
            String descr = string();
            return FloatType.ofNpy(descr)
                    .orElseThrow(() -> refusal(typeAt, "the type '" + descr + "'", "'<f4' or '<f8'"));
        }

        private List<Long> shape() {
            List<Long> axes = new ArrayList<>();
            expect('(');
            while (!accept(')')) {
                if (axes.size() == MAX_AXES) {
                    throw refusal(at, "more than " + MAX_AXES + " axes", "fewer");
                }
                axes.add(number());
                if (!accept(',') && peek() != ')') {
                    throw refusal(at, found(), "',' or ')'");
                }
            }
            return axes;
        }

        private long number() {
            peek();
            int from = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            if (at == from || at - from > MAX_DIGITS) {
                throw refusal(from, found(), "the length of an axis, of at most " + MAX_DIGITS + " digits");
            }
            return Long.parseLong(text.substring(from, at));
        }

        private boolean bool() {
            peek();
            for (String word : List.of("True", "False")) {
                if (text.startsWith(word, at)) {
                    at += word.length();
                    return word.equals("True");
                }
            }
            throw refusal(at, found(), "True or False");
        }

        private String string() {
            char quote = peek();
            if (quote != '\'' && quote != '"') {
                throw refusal(at, found(), "a quoted text");
            }
            int end = text.indexOf(quote, at + 1);
            if (end < 0 || end - at > MAX_AXES) {
                throw refusal(at, "a long or unterminated string", "a short string in quotes");
            }
            String string = text.substring(at + 1, end);
            at = end + 1;
            return string;
        }

        private void expect(char wanted) {
            if (!accept(wanted)) {
                throw refusal(at, found(), "'" + wanted + "'");
            }
        }

        private boolean accept(char wanted) {
            if (peek() != wanted) {
                return false;
            }
            at++;
            return true;
        }

        /** Skips white space and returns the next character, or 0 at the end. */
        private char peek() {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            return at < text.length() ? text.charAt(at) : 0;
        }

        private String found() {
            return at < text.length() ? "'" + text.charAt(at) + "'" : "the end of the header";
        }

        private ProblemException refusal(int where, String found, String expected) {
            return ModelInput.refusal(start + where, found, expected);
        }
    }
}
