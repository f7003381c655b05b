package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.Api;
import io.evenkeel.coordinator.CoordinatorTest;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;

@CoordinatorTest
class AccessTest {

    private final Api api;

    AccessTest(@Autowired Api api) {
        this.api = api;
    }

    @Test
    void asksForCredentialsWhereThereAreNone() {
        api.anonymous()
                .get()
                .uri("/api/v1/clients")
                .exchange()
                .expectStatus()
                .isUnauthorized()
                .expectHeader()
                .valueEquals("WWW-Authenticate", "Bearer")
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo("urn:evenkeel:problem:unauthenticated")
                .jsonPath("$.action")
                .isNotEmpty();
    }

    @Test
    void refusesAPathThatIsNothing() {
        api.operator()
                .get()
                .uri("/api/v1/nothing")
                .exchange()
                .expectStatus()
                .isNotFound()
                .expectBody()
                .jsonPath("$.type")
                .isEqualTo("urn:evenkeel:problem:not-found");
    }
}
