package io.evenkeel.engine.selection;

import io.evenkeel.engine.problem.DisplayText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses one selector. Not thread-safe. */
final class SelectorParser {

    private static final String AFTER_KEY = "expected =, ==, !=, <, <=, >, >=, in, notin, a comma or the end";

    private final String text;
    private int next;

    SelectorParser(String text) {
        this.text = text;
    }

    DeviceSelector parse() {
        if (text.length() > DeviceSelector.MAX_LENGTH) {
            throw new SelectorSyntaxException(
                    DeviceSelector.MAX_LENGTH + 1,
                    "the text has " + text.length() + " characters, expected at most " + DeviceSelector.MAX_LENGTH);
        }
        List<Requirement> requirements = new ArrayList<>();
        skipSpaces();
        if (isAtEnd()) {
            return new DeviceSelector(requirements);
        }
        requirements.add(requirement());
        while (!isAtEnd()) {
            if (!take(",")) {
                throw unexpected("expected a comma or the end");
            }
            if (requirements.size() == DeviceSelector.MAX_REQUIREMENTS) {
                throw at(
                        next,
                        "there are more than " + DeviceSelector.MAX_REQUIREMENTS + " requirements, expected fewer");
            }
            requirements.add(requirement());
        }
        return new DeviceSelector(requirements);
    }

    private Requirement requirement() {
        if (take("!")) {
            return new Requirement.Missing(key());
        }
        String key = key();
        if (isAtEnd() || text.charAt(next) == ',') {
            return new Requirement.Exists(key);
        }
        if (take("!=")) {
            return Requirement.NotIn.of(key, List.of(value()));
        }
        if (take("==") || take("=")) {
            return Requirement.In.of(key, List.of(value()));
        }
        Optional<Requirement.Operator> operator = operator();
        return operator.isPresent() ? compared(key, operator.get()) : set(key);
    }

    private Optional<Requirement.Operator> operator() {
        if (take("<=")) {
            return Optional.of(Requirement.Operator.AT_MOST);
        } else if (take(">=")) {
            return Optional.of(Requirement.Operator.AT_LEAST);
        } else if (take("<")) {
            return Optional.of(Requirement.Operator.LESS);
        }
        return take(">") ? Optional.of(Requirement.Operator.MORE) : Optional.empty();
    }

    private Requirement compared(String key, Requirement.Operator operator) {
        int start = next;
        String value = word();
        DottedVersion bound = DottedVersion.of(value)
                .orElseThrow(() -> at(
                        start,
                        (value.isEmpty() ? found() : "'" + value + "' is not a number or version")
                                + ", expected one such as 4096 or 3.10.2 after " + operator.text()));
        skipSpaces();
        return new Requirement.Compared(key, operator, value, bound);
    }

    private Requirement set(String key) {
        int start = next;
        String word = word();
        skipSpaces();
        if (!word.equals("in") && !word.equals("notin")) {
            throw at(start, (word.isEmpty() ? found() : "found '" + word + "'") + ", " + AFTER_KEY);
        }
        if (!take("(")) {
            throw unexpected("expected ( after " + word);
        }
        List<String> values = new ArrayList<>();
        do {
            values.add(value());
        } while (take(","));
        if (!take(")")) {
            throw unexpected("expected a comma or ) after a value");
        }
        return word.equals("in") ? Requirement.In.of(key, values) : Requirement.NotIn.of(key, values);
    }

    private String key() {
        int start = next;
        String key = word();
        if (key.isEmpty()) {
            throw unexpected("expected a key");
        }
        AttributeSyntax.faultInKey(key).ifPresent(fault -> {
            throw at(start, "the key '" + key + "' " + fault);
        });
        skipSpaces();
        return key;
    }

    private String value() {
        int start = next;
        String value = word();
        AttributeSyntax.faultInValue(value).ifPresent(fault -> {
            throw at(start, "the value '" + value + "' " + fault);
        });
        skipSpaces();
        return value;
    }

    private String word() {
        int start = next;
        while (!isAtEnd() && AttributeSyntax.isPart(text.charAt(next))) {
            next++;
        }
        return text.substring(start, next);
    }

    /** Consumes a token and the spaces after it, if it is next. */
    private boolean take(String token) {
        if (!text.startsWith(token, next)) {
            return false;
        }
        next += token.length();
        skipSpaces();
        return true;
    }

    private void skipSpaces() {
        while (!isAtEnd() && text.charAt(next) == ' ') {
            next++;
        }
    }

    private boolean isAtEnd() {
        return next == text.length();
    }

    private SelectorSyntaxException unexpected(String expected) {
        return at(next, found() + ", " + expected);
    }

    private String found() {
        return isAtEnd()
                ? "the text ends here"
                : "found " + DisplayText.echo(Character.toString(text.codePointAt(next)));
    }

    private static SelectorSyntaxException at(int index, String message) {
        return new SelectorSyntaxException(index + 1, message);
    }
}
