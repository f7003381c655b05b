package io.evenkeel.coordinator.platform.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.regex.Pattern;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

/**
 * Adds an ETag to lists that pages and scripts request repeatedly, and responds with 304 and no body if
 * nothing has changed. The tag is a digest of the body, which has at most 1,000 entries.
 */
@Component
class ListTagFilter extends ShallowEtagHeaderFilter {

    private static final Pattern LISTS = Pattern.compile(
            "/api/v1/(algorithms|runs|runs/[^/]+|runs/[^/]+/members|runs/[^/]+/rounds|"
                    + "experiments|experiments/[^/]+|run-overview|clients|clients/count|enrolment-tokens|access-tokens|audit-log)");

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !"GET".equals(request.getMethod())
                || !LISTS.matcher(request.getRequestURI()).matches();
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // With no-store, Spring Security's default, no tag would be added. Only the caller itself may cache a
        // list.
        response.setHeader(
                HttpHeaders.CACHE_CONTROL, CacheControl.noCache().cachePrivate().getHeaderValue());
        super.doFilterInternal(request, response, chain);
    }
}
