package io.evenkeel.coordinator.access;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/**
 * Decides whether two operators may be the same person, for actions that require two people. The creator of a token
 * sees its text. So a token counts as belonging to its owner, its creator, the creator of the creator's token, and so
 * on. People are distinguished by name. Works in the caller's transaction. Thread-safe.
 */
@Component
public class OperatorLineage {

    private static final Pattern OF_TOKEN = Pattern.compile(".* \\(([a-z0-9]{12})\\)", Pattern.DOTALL);

    private final AccessTokens tokens;

    OperatorLineage(AccessTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * Returns why two operators count as one person; empty if they count as two. They also count as one if
     * either token is not stored here, such as a token from another installation, since its creator is
     * unknown.
     *
     * @param first the name of a caller
     * @param second the name of another caller
     */
    public Optional<String> samePerson(String first, String second) {
        Set<String> shared = people(first);
        shared.retainAll(people(second));
        if (!first.equals(OperatorToken.NAME) && !second.equals(OperatorToken.NAME)) {
            // The configured token creates the first token of each operator.
            shared.remove(OperatorToken.NAME);
        }
        return Stream.of(first, second)
                .flatMap(name -> unknown(name).stream())
                .findFirst()
                .map(token -> "the creator of the token '" + token + "' is not known here")
                .or(() -> shared.stream()
                        .findFirst()
                        .map(person -> "each is a token of '" + person + "' or was created by '" + person
                                + "', directly or through others"));
    }

    /** Returns the owner of a caller's token, its creator, the creator of the creator's token, and so on. */
    private Set<String> people(String caller) {
        Set<String> people = new LinkedHashSet<>();
        chain(caller).forEach(name -> people.add(person(name)));
        return people;
    }

    /** Returns the token at the end of a caller's chain that is not stored here. */
    private Optional<String> unknown(String caller) {
        List<String> chain = chain(caller);
        String last = chain.get(chain.size() - 1);
        return last.startsWith(IdentityProvider.PREFIX) || idIn(last).isEmpty() ? Optional.empty() : Optional.of(last);
    }

    /** Returns the caller's name, the name of its token's creator, and so on. */
    private List<String> chain(String caller) {
        List<String> chain = new ArrayList<>(List.of(caller));
        Optional<AccessTokens.View> token = find(caller);
        while (token.isPresent()) {
            chain.add(token.get().createdBy());
            token = find(token.get().createdBy());
        }
        return chain;
    }

    private String person(String caller) {
        String name = find(caller)
                .map(AccessTokens.View::name)
                .orElseGet(() -> caller.startsWith(IdentityProvider.PREFIX)
                        ? caller.substring(IdentityProvider.PREFIX.length())
                        : caller);
        return name.strip().toLowerCase(Locale.ROOT);
    }

    private Optional<AccessTokens.View> find(String caller) {
        return idIn(caller)
                .flatMap(tokens::view)
                .filter(token -> token.callerName().equals(caller));
    }

    private static Optional<String> idIn(String name) {
        Matcher matcher = OF_TOKEN.matcher(name);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }
}
