package io.evenkeel.coordinator.platform.http;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/** The part of the OpenAPI document that concerns all paths; the description of one path is at its method. */
@Lazy
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    private static final String BEARER = "bearer";
    private static final String PROBLEM = "Problem";

    static {
        SpringDocUtils.getConfig().addResponseWrapperToIgnore(PendingResponse.class);
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Evenkeel coordinator")
                        .version("v1")
                        .description(
                                "Federated learning over thin links. Times are ISO-8601 in UTC; durations are ISO-8601 or"
                                        + " short, as in 30s. Every refusal is a problem document (RFC 9457) whose 'action' says"
                                        + " what to do now; docs/errors.md lists the types."))
                .components(
                        new Components().addSecuritySchemes(BEARER, bearer()).addSchemas(PROBLEM, problem()))
                // Stated, since springdoc would repeat the Host header of the first request.
                .addServersItem(new Server().url("/"))
                .addSecurityItem(new SecurityRequirement().addList(BEARER));
    }

    @Bean
    OpenApiCustomizer problemsEverywhere() {
        ApiResponse refusal = new ApiResponse()
                .description("Refused: a problem document")
                .content(new Content()
                        .addMediaType(
                                "application/problem+json",
                                new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM))));
        return document -> document.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .map(Operation::getResponses)
                .forEach(responses -> responses.addApiResponse("default", refusal));
    }

    @Bean
    OperationCustomizer statedBodyLimits() {
        return (operation, handler) -> {
            BodyLimit limit = handler.getMethodAnnotation(BodyLimit.class);
            if (limit != null && operation.getRequestBody() != null) {
                boolean fixed = limit.value() > 0 && limit.value() < BodyLimit.NONE;
                operation
                        .getRequestBody()
                        .description(
                                fixed ? "At most " + limit.value() + " bytes." : "As large as " + limit.reason() + ".");
                if (fixed) {
                    operation.getRequestBody().addExtension("x-max-bytes", limit.value());
                }
            }
            return operation;
        };
    }

    private static SecurityScheme bearer() {
        return new SecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme(BEARER)
                .description(
                        "An operator's token (evk_op_…), a viewer's (evk_view_…) or a device's secret (evk_dev_…).");
    }

    private static Schema<?> problem() {
        return new ObjectSchema()
                .addProperty("type", new StringSchema().example("urn:evenkeel:problem:malformed"))
                .addProperty("title", new StringSchema())
                .addProperty("status", new IntegerSchema())
                .addProperty("detail", new StringSchema().description("what was wrong, and what was expected"))
                .addProperty("action", new StringSchema().description("what to do now"))
                .addProperty(
                        "neededBytes",
                        new IntegerSchema()
                                .format("int64")
                                .description("of insufficient-memory: what was asked for needs so much"))
                .addProperty(
                        "leftBytes",
                        new IntegerSchema().format("int64").description("of insufficient-memory: so much is left"))
                .addProperty(
                        "heapBytes",
                        new IntegerSchema().format("int64").description("of insufficient-memory: the largest heap"))
                .addProperty("field", new StringSchema().description("the field or parameter, where it is one"))
                .additionalProperties(true);
    }
}
