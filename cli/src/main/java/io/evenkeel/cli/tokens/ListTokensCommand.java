package io.evenkeel.cli.tokens;

import io.evenkeel.cli.command.ApiCommand;
import io.evenkeel.cli.output.ListTable;
import io.evenkeel.cli.output.OutputOptions;
import io.evenkeel.cli.output.TextLayout;
import io.evenkeel.cli.output.Times;
import io.evenkeel.operator.CoordinatorClient;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;

/** Lists tokens without their texts. */
@Command(
        name = "list",
        description =
                "Lists the tokens that can be used, without their texts: enrolment tokens, then those of operators and"
                        + " viewers.")
final class ListTokensCommand extends ApiCommand {

    @Option(names = "--all", description = "Also tokens that are revoked, expired or used up.")
    private boolean all;

    ListTokensCommand() {}

    @Override
    protected int execute(CoordinatorClient client, OutputOptions output) {
        Instant now = output.page().now();
        ArrayNode tokens = new JsonMapper().createArrayNode();
        for (TokenKind kind : TokenKind.values()) {
            for (JsonNode token : kind.all(client)) {
                if (all || state(token, now).equals("valid")) {
                    tokens.add(token);
                }
            }
        }
        output.print(tokens, page -> text(tokens, page));
        return 0;
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

    private static List<String> text(ArrayNode tokens, TextLayout page) {
        if (tokens.isEmpty()) {
            return List.of("There are no valid tokens: 'evenkeel tokens create' makes one; --all lists the others.");
        }
        ListTable table = new ListTable(page)
                .text("ID")
                .text("FOR")
                .text("STATE")
                .number("USES LEFT")
                .number("AGE")
                .text("EXPIRES")
                .optional("RUN")
                .optional("RIGHTS")
                .optional("DESCRIPTION");
        for (JsonNode token : tokens) {
            table.row(
                    token.path("id").asString(),
                    token.path("role").asString("enrolment"),
                    state(token, page.now()),
                    token.path("usesLeft").isNumber()
                            ? token.path("usesLeft").asString() + "/"
                                    + token.path("uses").asString()
                            : "-",
                    Times.age(token.path("createdAt"), page),
                    token.path("expiresAt").isString() ? Times.point(token.path("expiresAt")) : "never",
                    token.path("run").asString(joined(token.path("runs"), "-")),
                    joined(token.path("rights"), token.path("role").isString() ? "none" : "-"),
                    token.path("description").asString(token.path("name").asString("")));
        }
        return table.lines();
    }

    private static String joined(JsonNode texts, String otherwise) {
        return texts.isEmpty()
                ? otherwise
                : texts.valueStream().map(JsonNode::asString).collect(Collectors.joining(","));
    }
}
