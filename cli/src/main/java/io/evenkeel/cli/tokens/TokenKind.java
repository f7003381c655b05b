package io.evenkeel.cli.tokens;

import io.evenkeel.operator.ApiPath;

/** The two kinds of tokens that the coordinator creates. */
enum TokenKind {
    /** Devices enrol with it. */
    ENROLMENT("enrolment-tokens", "enrolment-token-not-found"),
    /** Operators and viewers log in with it. */
    ACCESS("access-tokens", "access-token-not-found");

    private final String path;
    private final String notFound;

    TokenKind(String path, String notFound) {
        this.path = path;
        this.notFound = notFound;
    }

    /** Returns the path of the list. */
    ApiPath list() {
        return ApiPath.of(path);
    }

    /** Returns the path of one token. */
    ApiPath one(String id) {
        return ApiPath.of(path, id);
    }

    /** Returns the type of the problem if there is no such token. */
    String notFound() {
        return notFound;
    }
}
