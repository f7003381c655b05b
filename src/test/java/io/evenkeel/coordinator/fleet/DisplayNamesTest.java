package io.evenkeel.coordinator.fleet;

import io.evenkeel.coordinator.CoordinatorTest;
import io.evenkeel.coordinator.testing.Api;
import io.evenkeel.engine.problem.ProblemKind;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.client.RestTestClient;

/** The same rule checks all names that one user chooses and another reads. */
@CoordinatorTest
class DisplayNamesTest {

    private final Api api;

    DisplayNamesTest(@Autowired Api api) {
        this.api = api;
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\u0007", "\\u001b", "\\u202e", "\\u2066", "\\u2028", "\\u2029", "\\ud800", "\\ufeff"})
    void refusesInvisibleCharacters(String escape) {
        String character = "U+" + escape.substring(2).toUpperCase(Locale.ROOT);
        for (RestTestClient.ResponseSpec answer : named("me" + escape + "ter")) {
            Api.refused(answer, ProblemKind.INVALID)
                    .jsonPath("$.detail")
                    .value(Api.containing("contains " + character + " as character 3"));
        }
    }

    @Test
    void refusesBlankNames() {
        for (String blank : List.of("", " ", "\\u3000")) {
            for (RestTestClient.ResponseSpec answer : named(blank)) {
                Api.refused(answer, ProblemKind.INVALID).jsonPath("$.detail").value(Api.containing("blank"));
            }
        }
    }

    private List<RestTestClient.ResponseSpec> named(String name) {
        String token = api.enrolmentToken(1);
        return List.of(
                post(
                        api.anonymous(),
                        "/api/v1/enrolments",
                        "{\"token\": \"" + token + "\", \"name\": \"" + name + "\"}"),
                post(api.operator(), "/api/v1/enrolment-tokens", "{\"description\": \"" + name + "\"}"),
                post(api.operator(), "/api/v1/access-tokens", "{\"role\": \"viewer\", \"name\": \"" + name + "\"}"),
                post(
                        api.operator(),
                        "/api/v1/runs",
                        "{\"name\": \"names\", \"algorithm\": \"ef21-norm\", \"rounds\": 1, \"tensors\": [{\"name\": \""
                                + name + "\", \"shape\": [1]}]}"));
    }

    private static RestTestClient.ResponseSpec post(RestTestClient caller, String path, String json) {
        return caller.post()
                .uri(path)
                .contentType(MediaType.APPLICATION_JSON)
                .body(json)
                .exchange();
    }
}
