package io.evenkeel.cli.tokens;

import io.evenkeel.cli.command.PageOptions;
import io.evenkeel.operator.ApiPath;
import io.evenkeel.operator.CoordinatorClient;
import tools.jackson.databind.JsonNode;

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

    /** Requests all tokens. */
    JsonNode all(CoordinatorClient client) {
        ApiPath list = ApiPath.of(path);
        return this == ENROLMENT ? PageOptions.all(client, list, "id") : client.get(list);
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
