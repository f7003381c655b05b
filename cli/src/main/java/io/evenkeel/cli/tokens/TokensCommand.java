package io.evenkeel.cli.tokens;

import static io.evenkeel.cli.output.TableCells.age;
import static io.evenkeel.cli.output.TableCells.field;
import static io.evenkeel.cli.output.TableCells.joined;
import static io.evenkeel.cli.output.TableCells.point;

import io.evenkeel.cli.command.ApiOptions;
import io.evenkeel.cli.command.Confirmation;
import io.evenkeel.cli.command.DeleteOptions;
import io.evenkeel.cli.command.JsonObject;
import io.evenkeel.cli.command.PageOptions;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.tools.ApiPath;
import io.evenkeel.tools.CoordinatorClient;
import io.evenkeel.tools.OperatorException;
import io.evenkeel.tools.terminal.CommandFailure;
import io.evenkeel.tools.terminal.ExitCode;
import io.evenkeel.tools.terminal.Program;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** {@code evenkeel tokens}. */
@Command(
        name = "tokens",
        description =
                "Creates, lists, revokes and deletes tokens: devices enrol with them, operators and viewers log in"
                        + " with them.",
        subcommands = CreateTokenCommand.class)
public final class TokensCommand extends Program {

    TokensCommand() {
        super("create", "list", "revoke", "delete");
    }

    @Command(
            name = "list",
            description = "Lists the tokens that are still valid, without their texts: enrolment tokens, then those of"
                    + " operators and viewers.")
    void list(
            @Mixin ApiOptions api,
            @Option(names = "--all", description = "Also tokens that are revoked, expired or used up.") boolean all) {
        CoordinatorClient client = api.client();
        Instant now = api.output().page().now();
        ArrayNode tokens = new JsonMapper().createArrayNode();
        for (TokenKind kind : TokenKind.values()) {
            for (JsonNode token : kind.all(client)) {
                if (all || state(token, now).equals("valid")) {
                    tokens.add(token);
                }
            }
        }
        api.print(tokens, TokensCommand::table);
    }

    private static String state(JsonNode token, Instant now) {
        if (token.path("revokedAt").isString()) {
            return "revoked";
        }
        JsonNode expiry = token.path("expiresAt");
        if (expiry.isString() && !now.isBefore(Instant.parse(expiry.asString()))) {
            return "expired";
        }
        return token.path("usesLeft").asInt(1) == 0 ? "used up" : "valid";
    }

    private static List<String> table(JsonNode tokens, TextLayout page) {
        if (tokens.isEmpty()) {
            return List.of("There are no valid tokens: 'evenkeel tokens create' creates one; --all lists the others.");
        }
        return new ListTable<JsonNode>(page)
                .text("ID", field("id"))
                .text("FOR", field("role", "enrolment"))
                .text("STATE", token -> state(token, page.now()))
                .number("USES LEFT", TokensCommand::usesLeft)
                .number("AGE", age("createdAt", page))
                .text("EXPIRES", point("expiresAt", "never"))
                .optional("RUN", token -> token.path("run").asString(joined(token.path("runs"), ",", "-")))
                .optional(
                        "RIGHTS",
                        token -> joined(
                                token.path("rights"), ",", token.path("role").isString() ? "none" : "-"))
                .optional(
                        "DESCRIPTION",
                        token -> token.path("description")
                                .asString(token.path("name").asString("")))
                .lines(tokens);
    }

    private static String usesLeft(JsonNode token) {
        return token.path("usesLeft").isNumber()
                ? token.path("usesLeft").asString() + "/" + token.path("uses").asString()
                : "-";
    }

    @Command(
            name = "revoke",
            description =
                    "Revokes a token for good. Devices that enrolled with it stay enrolled; an operator or viewer is"
                            + " refused from its next request on.")
    void revoke(
            @Mixin ApiOptions api,
            @Parameters(paramLabel = "ID", description = "The token's id, from 'tokens list'.") String id,
            @Mixin Confirmation confirmation)
            throws IOException {
        CoordinatorClient client = api.client();
        confirmation.require("Revoke token " + id + " for good?");
        for (TokenKind kind : TokenKind.values()) {
            if (revoke(client, kind, id)) {
                api.print(JsonObject.of("id", id, "revoked", true), "token " + id + " is revoked");
                return;
            }
        }
        throw new CommandFailure(
                ExitCode.NOT_FOUND, "there is no token with the id '" + id + "': see 'evenkeel tokens list'");
    }

    private static boolean revoke(CoordinatorClient client, TokenKind kind, String id) {
        try {
            client.delete(kind.one(id));
            return true;
        } catch (OperatorException e) {
            if (e.problem().equals(kind.notFound())) {
                return false;
            }
            throw e;
        }
    }

    @Command(
            name = "delete",
            description =
                    "Permanently deletes the record of an enrolment token that is used up, expired or revoked. Devices"
                            + " that enrolled with it stay enrolled.")
    void delete(@Mixin ApiOptions api, @Mixin DeleteOptions deletion) throws IOException {
        deletion.delete(api, "tokens", "token", id -> ApiPath.of("enrolment-tokens", id, "record"));
    }

    /** The two kinds of tokens that the coordinator creates. */
    private enum TokenKind {
        ENROLMENT("enrolment-tokens", "enrolment-token-not-found"),
        /** Tokens that operators and viewers log in with. */
        ACCESS("access-tokens", "access-token-not-found");

        private final String path;
        private final String notFound;

        TokenKind(String path, String notFound) {
            this.path = path;
            this.notFound = notFound;
        }

        JsonNode all(CoordinatorClient client) {
            ApiPath list = ApiPath.of(path);
            return this == ENROLMENT ? PageOptions.all(client, list, "id") : client.get(list);
        }

        ApiPath one(String id) {
            return ApiPath.of(path, id);
        }

        /** Returns the problem type for a missing token. */
        String notFound() {
            return notFound;
        }
    }
}
