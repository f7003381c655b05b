package io.evenkeel.coordinator.access;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Tells whether two operators may be one person, for what takes two. Whoever creates a token sees its text, so a token and all those that
 * were created with it, directly or through others, count as one person's. Works in the caller's transaction. Thread-safe.
 */
@Component
public class OperatorLineage {

    private static final Pattern OF_TOKEN = Pattern.compile(".* \\(([a-z0-9]{12})\\)", Pattern.DOTALL);

    private final AccessTokens tokens;

    OperatorLineage(AccessTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * Returns why two operators count as one person; empty if they are two.
     *
     * @param first the name of a caller
     * @param second the name of another one
     */
    public Optional<String> samePerson(String first, String second) {
        if (first.equals(second)) {
            return Optional.of("both are the credentials '" + first + "'");
        }
        Map<String, AccessTokens.@Nullable View> ofFirst = chain(first);
        Map<String, AccessTokens.@Nullable View> ofSecond = chain(second);
        for (String maker : ofFirst.keySet()) {
            if (ofSecond.containsKey(maker)) {
                if (maker.equals(first) || maker.equals(second)) {
                    String made = maker.equals(first) ? second : first;
                    return Optional.of("'" + made + "' was made by '" + maker + "', directly or through others");
                }
                // The token that the installation starts with makes the first one of each operator.
                if (!maker.equals(OperatorToken.NAME)) {
                    return Optional.of("both were made by '" + maker + "'");
                }
            }
        }
        String owner = owner(first, ofFirst.get(first));
        return owner.equals(owner(second, ofSecond.get(second)))
                ? Optional.of("both are named '" + owner + "'")
                : Optional.empty();
    }

    /** Returns whether a caller's name is that of a token which is not stored here, so that who made it is not known. */
    public boolean isUnknown(String name) {
        return !name.startsWith(IdentityProvider.PREFIX) && idIn(name).isPresent() && find(name) == null;
    }

    /** Returns a caller and those who made its token, each with its own token; null for those that nobody made here. */
    private Map<String, AccessTokens.@Nullable View> chain(String name) {
        Map<String, AccessTokens.@Nullable View> chain = new LinkedHashMap<>();
        String next = name;
        while (!chain.containsKey(next)) {
            AccessTokens.View token = find(next);
            chain.put(next, token);
            next = token == null ? next : token.createdBy();
        }
        return chain;
    }

    private AccessTokens.@Nullable View find(String name) {
        return idIn(name)
                .flatMap(tokens::view)
                .filter(token -> token.callerName().equals(name))
                .orElse(null);
    }

    private static Optional<String> idIn(String name) {
        Matcher matcher = OF_TOKEN.matcher(name);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private static String owner(String name, AccessTokens.@Nullable View token) {
        String owner = token != null
                ? token.name()
                : name.startsWith(IdentityProvider.PREFIX) ? name.substring(IdentityProvider.PREFIX.length()) : name;
        return owner.strip().toLowerCase(Locale.ROOT);
    }
}
