package io.evenkeel.coordinator.security;

import io.evenkeel.coordinator.platform.problem.ProblemResponse;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import tools.jackson.databind.json.JsonMapper;

/** Extends Spring Security's request firewall to parameter values, and answers rejections with problem documents. */
@Configuration(proxyBeanMethods = false)
class FirewallConfiguration {

    /**
     * Rejects control characters in parameters: no parameter needs one, and PostgreSQL does not accept NUL in text. A
     * parameter may have no value.
     */
    @Bean
    StrictHttpFirewall httpFirewall() {
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setAllowedParameterValues(
                value -> value == null || value.chars().noneMatch(Character::isISOControl));
        return firewall;
    }

    /**
     * Writes the problem here, because an error page reads the request's Accept header, which may be the reason for the
     * rejection.
     */
    @Bean
    RequestRejectedHandler requestRejectedHandler(JsonMapper json) {
        return (request, response, rejected) -> {
            ResponseEntity<ProblemDetail> problem = ProblemResponse.ofStatus(HttpServletResponse.SC_BAD_REQUEST);
            response.setStatus(problem.getStatusCode().value());
            problem.getHeaders().forEach((name, values) -> values.forEach(value -> response.setHeader(name, value)));
            SecurityHeaders.addTo(response);
            byte[] body = json.writeValueAsBytes(problem.getBody());
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        };
    }
}
