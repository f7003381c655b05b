package io.evenkeel.coordinator.platform.problem;

import io.evenkeel.engine.problem.ProblemKind;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.springframework.boot.webmvc.error.ErrorController;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Answers failures outside Spring MVC, in the servlet container or a filter. Replaces Spring Boot's error
 * page.
 */
@RestController
@Hidden
class ProblemErrorController implements ErrorController {

    @RequestMapping("${spring.web.error.path:/error}")
    ResponseEntity<ProblemDetail> error(HttpServletRequest request) {
        // Tomcat answers 400 if a body stalls for a while, and devices do not retry after a 400.
        if (request.getAttribute(RequestDispatcher.ERROR_EXCEPTION) instanceof IOException broken
                && (broken instanceof SocketTimeoutException || broken.getCause() instanceof SocketTimeoutException)) {
            return ProblemResponse.to(ProblemKind.TOO_SLOW.because(
                    "the rest of the request's body did not arrive in time", "send the same request again"));
        }
        Object status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
        return ProblemResponse.ofStatus(status instanceof Integer code ? code : 404);
    }
}
