package io.evenkeel.coordinator.relay;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Sends the ids of this coordinator and of its upstream coordinators to devices that join a run. A relay that finds its
 * own id among them is part of a loop.
 */
@Component
class RelayPathHeader implements HandlerInterceptor, WebMvcConfigurer {

    static final String NAME = "Evenkeel-Relay-Path";

    private final RelayLink link;

    RelayPathHeader(RelayLink link) {
        this.link = link;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/v1/runs/*/members/me");
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        response.setHeader(NAME, link.path());
        return true;
    }
}
