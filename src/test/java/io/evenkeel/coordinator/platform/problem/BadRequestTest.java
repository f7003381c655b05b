package io.evenkeel.coordinator.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.engine.problem.ProblemKind;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

@CoordinatorTest
class BadRequestTest {

    private static final String TOKENS = "/api/v1/enrolment-tokens";

    private final Api api;

    BadRequestTest(@Autowired Api api) {
        this.api = api;
    }

    @Test
    void reportsTheLineAndColumnOfAJsonError() {
        Api.refused(post("{\n  \"uses\": 1,\n  \"description\" 2\n}"), ProblemKind.MALFORMED)
                .jsonPath("$.line")
                .isEqualTo(3)
                .jsonPath("$.column")
                .isEqualTo(17)
                .jsonPath("$.detail")
                .value(Api.containing("line 3, column 17"));
    }

    @Test
    void namesAllFaultsOfADefinitionEachWithItsLine() {
        Api.refused(post("/api/v1/runs", """
                                {
                                "algoritm": "ef21",
                                "samping": 1,
                                "dimension": "3",
                                "name": "x",
                                "rounds": 0}"""), ProblemKind.INVALID)
                .jsonPath("$.errors[*].field")
                .isEqualTo(List.of("algoritm", "samping", "dimension", "rounds"))
                .jsonPath("$.errors[*].line")
                .isEqualTo(List.of(2, 3, 4, 6));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"uses\": 1          | MALFORMED",
                "{\"uses\": 1} x       | MALFORMED",
                "{\"uses\": 1, \"uses\": 2} | MALFORMED",
                "{\"uses\": NaN}       | MALFORMED",
                "[1]                   | MALFORMED",
                "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ | MALFORMED",
                "null                  | MALFORMED",
                "{\"uses\": \"5\"}     | INVALID",
                "{\"uses\": 5.5}       | INVALID",
                "{\"uses\": true}      | INVALID",
                "{\"uses\": {}}        | INVALID",
                "{\"uses\": 99999999999} | INVALID",
                "{\"uses\": 0}         | INVALID",
                "{\"uses\": 1000001}   | INVALID",
                "{\"expiresIn\": \"soon\"} | INVALID",
                "{\"expiresIn\": 30}   | INVALID",
                "{\"expiresIn\": \"-PT1H\"} | INVALID",
                "{\"expiresIn\": \"0s\"} | INVALID",
                "{\"expiresIn\": \"999999d\"} | INVALID",
                "{\"description\": \"a\\u0000b\"} | INVALID",
                "{\"use\": 1}          | INVALID",
            })
    void refusesAnInvalidBody(String body, ProblemKind problem) {
        Api.refused(post(body), problem);
    }

    @Test
    void namesAnUnknownFieldAndTheKnownOnes() {
        Api.refused(post("{\"use\": 1}"), ProblemKind.INVALID)
                .jsonPath("$.field")
                .isEqualTo("use")
                .jsonPath("$.detail")
                .value(Api.containing("description, expiresIn, run, uses"));
    }

    @Test
    void namesTheFieldOfTheWrongType() {
        Api.refused(post("{\"uses\": \"five\"}"), ProblemKind.INVALID)
                .jsonPath("$.field")
                .isEqualTo("uses")
                .jsonPath("$.detail")
                .value(Api.containing("'uses' is not an integer"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"uses\": 1  | MALFORMED | the body is not JSON: Unexpected end-of-input: expected close marker for"
                        + " Object (line 1, column 11)",
                "{\"uses\": NaN} | MALFORMED | the body is not JSON: Non-standard token 'NaN' (line 1, column 13)",
                "{\"uses\": 99999999999} | INVALID | 'uses' is not an integer of at most 2147483647 (line 1, column"
                        + " 21)",
            })
    void explainsErrorsWithoutTheParsersSettings(String body, ProblemKind problem, String detail) {
        Api.refused(post(body), problem).jsonPath("$.detail").isEqualTo(detail);
    }

    @Test
    void listsEveryInvalidField() {
        Api.refused(post("{\"uses\": 0, \"expiresIn\": \"0s\"}"), ProblemKind.INVALID)
                .jsonPath("$.errors.length()")
                .isEqualTo(2);
        Api.refused(post("{\"uses\": 0}"), ProblemKind.INVALID)
                .jsonPath("$.field")
                .isEqualTo("uses")
                .jsonPath("$.detail")
                .isEqualTo("'uses' is '0', must be greater than or equal to 1");
    }

    @Test
    void namesTheParameterAndItsRange() {
        Api.refused(operator(HttpMethod.GET, "/api/v1/clients?limit=0"), ProblemKind.MALFORMED)
                .jsonPath("$.field")
                .isEqualTo("limit")
                .jsonPath("$.detail")
                .isEqualTo("'limit' is '0', must be greater than or equal to 1");
        Api.refused(operator(HttpMethod.GET, "/api/v1/clients?limit=many"), ProblemKind.MALFORMED)
                .jsonPath("$.field")
                .isEqualTo("limit")
                .jsonPath("$.detail")
                .value(Api.containing("'many', expected an integer"));
    }

    @Test
    void requiresABody() {
        Api.refused(
                api.operator()
                        .post()
                        .uri(TOKENS)
                        .contentType(MediaType.APPLICATION_JSON)
                        .exchange(),
                ProblemKind.MALFORMED);
    }

    @Test
    void namesTheMediaTypesItAccepts() {
        Api.refused(
                        api.operator()
                                .post()
                                .uri(TOKENS)
                                .contentType(MediaType.TEXT_PLAIN)
                                .body("uses=1")
                                .exchange(),
                        ProblemKind.UNSUPPORTED_MEDIA_TYPE)
                .jsonPath("$.detail")
                .value(Api.containing("application/json"));
    }

    @Test
    void refusesMediaTypesItDoesNotProduce() {
        Api.refused(
                api.operator().get().uri(TOKENS).accept(MediaType.IMAGE_PNG).exchange(), ProblemKind.NOT_ACCEPTABLE);
    }

    @Test
    void refusesBeforeAnyChangeIfTheResponseIsNotAcceptable() {
        String before = tokens();
        Api.refused(
                api.operator()
                        .post()
                        .uri(TOKENS)
                        .accept(MediaType.IMAGE_PNG)
                        .contentType(MediaType.APPLICATION_JSON)
                        .body("{}")
                        .exchange(),
                ProblemKind.NOT_ACCEPTABLE);
        assertThat(tokens()).isEqualTo(before);
    }

    private String tokens() {
        return String.valueOf(api.operator()
                .get()
                .uri(TOKENS)
                .exchange()
                .expectBody(String.class)
                .returnResult()
                .getResponseBody());
    }

    @Test
    void refusesControlCharactersInAParameter() {
        URI address = URI.create(api.endpoint() + "/api/v1/clients?after=a%00b");
        Api.refused(api.operator().get().uri(address).exchange(), ProblemKind.MALFORMED);
    }

    @Test
    void namesTheMethodsThatAPathAllows() {
        RestTestClient.ResponseSpec answer = operator(HttpMethod.PATCH, TOKENS);
        answer.expectHeader().exists("Allow");
        Api.refused(answer, ProblemKind.METHOD_NOT_ALLOWED)
                .jsonPath("$.detail")
                .value(Api.containing("PATCH, only GET, POST"));
    }

    @Test
    void answersNotFoundForUnknownPaths() {
        Api.refused(operator(HttpMethod.GET, "/api/v1/nothing"), ProblemKind.NOT_FOUND);
        Api.refused(operator(HttpMethod.GET, "/console/nothing.js"), ProblemKind.NOT_FOUND);
        Api.refused(operator(HttpMethod.GET, "/error"), ProblemKind.NOT_FOUND);
    }

    private RestTestClient.ResponseSpec operator(HttpMethod method, String path) {
        return api.operator().method(method).uri(path).exchange();
    }

    private RestTestClient.ResponseSpec post(String json) {
        return post(TOKENS, json);
    }

    private RestTestClient.ResponseSpec post(String path, String json) {
        return api.operator()
                .post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json)
                .exchange();
    }
}
