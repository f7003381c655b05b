package io.evenkeel.coordinator.console;

import io.evenkeel.coordinator.access.InteractiveSignIn;
import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Hidden;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Serves the console's only HTML document. It contains no data: everything it shows comes from the API, with
 * the reader's credentials.
 */
@Hidden
@RestController
class ConsoleController {

    /**
     * Stricter than the API's policy: no inline script or style, nothing from another host, no frames, no
     * forms, no other base URL. Scripts may call the coordinator and, if it is used to sign in, the identity
     * provider.
     */
    static final String CONTENT_POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
                    + " connect-src 'self'%s; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final ConsoleSettings settings;
    private final String contentPolicy;
    private final byte[] document;

    ConsoleController(ConsoleSettings settings, InteractiveSignIn signIn) {
        this.settings = settings;
        this.contentPolicy = CONTENT_POLICY.formatted(
                signIn.origin().map(origin -> " " + origin).orElse(""));
        try {
            this.document = new ClassPathResource("console/index.html").getContentAsByteArray();
        } catch (IOException e) {
            throw new UncheckedIOException("the console is missing from the jar", e);
        }
    }

    /**
     * Returns the document as bytes. If it were returned as a resource, range requests would be supported,
     * and the response to an invalid range would be the document itself.
     */
    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    ResponseEntity<byte[]> document() {
        if (!settings.enabled()) {
            throw ProblemKind.NOT_FOUND.because(
                    "the console is switched off", "set evenkeel.console.enabled=true, or use the API at /api/v1");
        }
        return ResponseEntity.ok()
                .header("Content-Security-Policy", contentPolicy)
                .cacheControl(CacheControl.noCache())
                .contentType(MediaType.parseMediaType("text/html;charset=UTF-8"))
                .body(document);
    }
}
