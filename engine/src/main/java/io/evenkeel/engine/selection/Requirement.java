package io.evenkeel.engine.selection;

import java.util.Collection;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/** One requirement of a {@link DeviceSelector} on the value of a key. */
public sealed interface Requirement {

    /** Returns whether a device with these attributes meets it. */
    boolean matches(Attributes attributes);

    /** Calls the visitor's method for this requirement. */
    <R> R accept(Visitor<R> visitor);

    /**
     * One method for each requirement: code that depends on the kind of requirement does not compile until it
     * handles a new one.
     *
     * @param <R> the result
     */
    interface Visitor<R> {

        R in(In in);

        R notIn(NotIn notIn);

        R exists(Exists exists);

        R missing(Missing missing);

        R compared(Compared compared);
    }

    /** Returns its text, as in a selector. */
    @Override
    String toString();

    /**
     * The value is one of the listed ones: {@code key=value}, {@code key in (a,b)}.
     *
     * @param key the key
     * @param values the values, at least one
     */
    record In(String key, SortedSet<String> values) implements Requirement {

        static In of(String key, Collection<String> values) {
            return new In(key, new TreeSet<>(values));
        }

        @Override
        public boolean matches(Attributes attributes) {
            String value = attributes.get(key);
            return value != null && values.contains(value);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.in(this);
        }

        @Override
        public String toString() {
            return values.size() == 1 ? key + "=" + values.first() : key + " in (" + String.join(",", values) + ")";
        }
    }

    /**
     * There is no value, or it is not one of the listed ones: {@code key!=value}, {@code key notin (a,b)}.
     *
     * @param key the key
     * @param values the values, at least one
     */
    record NotIn(String key, SortedSet<String> values) implements Requirement {

        static NotIn of(String key, Collection<String> values) {
            return new NotIn(key, new TreeSet<>(values));
        }

        @Override
        public boolean matches(Attributes attributes) {
            String value = attributes.get(key);
            return value == null || !values.contains(value);
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.notIn(this);
        }

        @Override
        public String toString() {
            return values.size() == 1 ? key + "!=" + values.first() : key + " notin (" + String.join(",", values) + ")";
        }
    }

    /**
     * There is a value: {@code key}.
     *
     * @param key the key
     */
    record Exists(String key) implements Requirement {

        @Override
        public boolean matches(Attributes attributes) {
            return attributes.get(key) != null;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.exists(this);
        }

        @Override
        public String toString() {
            return key;
        }
    }

    /**
     * There is no value: {@code !key}.
     *
     * @param key the key
     */
    record Missing(String key) implements Requirement {

        @Override
        public boolean matches(Attributes attributes) {
            return attributes.get(key) == null;
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.missing(this);
        }

        @Override
        public String toString() {
            return "!" + key;
        }
    }

    /**
     * The value is a number or version that satisfies a comparison: {@code key>=3.2}.
     *
     * @param key the key
     * @param operator the comparison
     * @param text the bound as it was written
     * @param bound the bound
     */
    record Compared(String key, Operator operator, String text, DottedVersion bound) implements Requirement {

        @Override
        public boolean matches(Attributes attributes) {
            return Optional.ofNullable(attributes.get(key))
                    .flatMap(DottedVersion::of)
                    .filter(value -> operator.holds(value.compareTo(bound)))
                    .isPresent();
        }

        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.compared(this);
        }

        @Override
        public String toString() {
            return key + operator.text() + text;
        }
    }

    /** The comparison of a value with a bound. */
    enum Operator {
        /** The value is smaller. */
        LESS("<", order -> order < 0),
        /** The value is smaller or equal. */
        AT_MOST("<=", order -> order <= 0),
        /** The value is larger. */
        MORE(">", order -> order > 0),
        /** The value is larger or equal. */
        AT_LEAST(">=", order -> order >= 0);

        private final String text;
        private final IntPredicate test;

        Operator(String text, IntPredicate test) {
            this.text = text;
            this.test = test;
        }

        /** Returns the operator's text, which is the same in selectors and in SQL. */
        public String text() {
            return text;
        }

        boolean holds(int order) {
            return test.test(order);
        }
    }
}
