package io.evenkeel.coordinator.openapi;

import io.evenkeel.coordinator.platform.http.BodyLimit;
import io.evenkeel.coordinator.platform.http.PendingResponse;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.RequestBody;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.customizers.ParameterCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ValueConstants;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Defines the parts of the OpenAPI document that are common to all paths; each path is described at its
 * method.
 */
class OpenApiConfiguration {

    private static final String BEARER = "bearer";
    private static final String PROBLEM = "Problem";

    static {
        SpringDocUtils.getConfig().addResponseWrapperToIgnore(PendingResponse.class);
        SpringDocUtils.getConfig()
                .replaceWithSchema(
                        Duration.class,
                        new StringSchema().example("30s").description("A duration, as in 30s or PT30S."))
                .replaceWithSchema(JsonNode.class, new Schema<>())
                .replaceWithSchema(ObjectNode.class, new ObjectSchema())
                .replaceWithSchema(SseEmitter.class, new StringSchema().description("Server-sent events."));
    }

    @Bean
    OpenAPI openApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Evenkeel coordinator")
                        .version("v1")
                        .description(
                                "Federated learning over thin links. Times are ISO-8601 in UTC; durations are ISO-8601"
                                        + " or short, as in 30s. Every refusal is a problem document (RFC 9457) whose"
                                        + " 'action' says what to do now; docs/errors.md lists the types.")
                        .license(new License()
                                .name("Apache License 2.0")
                                .url("https://www.apache.org/licenses/LICENSE-2.0")))
                .components(new Components().addSecuritySchemes(BEARER, bearer()))
                // Set explicitly, because springdoc would use the Host header of the first request.
                .addServersItem(new Server().url("/"))
                .addSecurityItem(new SecurityRequirement().addList(BEARER));
    }

    @Bean
    OpenApiDescriptions descriptions() {
        return new OpenApiDescriptions();
    }

    /**
     * Adds the error responses to all operations. springdoc drops schemas that no method uses, so the schema
     * of problems is added here.
     */
    @Bean
    OpenApiCustomizer problemsEverywhere() {
        Content problem = new Content()
                .addMediaType(
                        "application/problem+json",
                        new MediaType().schema(new Schema<>().$ref("#/components/schemas/" + PROBLEM)));
        ApiResponse refused = new ApiResponse()
                .description("The request is refused, and nothing has changed. 'action' says what to do now.")
                .content(problem);
        ApiResponse failed = new ApiResponse()
                .description("The coordinator is busy or has failed. Repeat the request after Retry-After.")
                .content(problem);
        return document -> {
            document.getComponents().addSchemas(PROBLEM, problem());
            operations(document)
                    .map(Operation::getResponses)
                    .forEach(responses ->
                            responses.addApiResponse("4XX", refused).addApiResponse("5XX", failed));
        };
    }

    /** Describes every body that is neither JSON nor text as binary, so that generated clients return its bytes. */
    @Bean
    OpenApiCustomizer binaryBodies() {
        return document -> operations(document)
                .flatMap(operation -> Stream.concat(
                        Stream.ofNullable(operation.getRequestBody()).map(RequestBody::getContent),
                        operation.getResponses().values().stream().map(ApiResponse::getContent)))
                .filter(Objects::nonNull)
                .flatMap(content -> content.entrySet().stream())
                .filter(entry -> isBinary(entry.getKey()))
                .forEach(entry -> entry.getValue().schema(new StringSchema().format("binary")));
    }

    /** Shows the default value of a duration in the format that requests use. */
    @Bean
    ParameterCustomizer defaultsOfDurations() {
        return (parameter, handler) -> {
            RequestParam stated = handler.getParameterAnnotation(RequestParam.class);
            if (handler.getParameterType() == Duration.class && stated != null) {
                String value = stated.defaultValue();
                parameter.getSchema().setDefault(value.equals(ValueConstants.DEFAULT_NONE) ? null : value);
            }
            return parameter;
        };
    }

    private static boolean isBinary(String mediaType) {
        return !mediaType.contains("json") && !mediaType.startsWith("text/");
    }

    private static Stream<Operation> operations(OpenAPI document) {
        return document.getPaths().values().stream().flatMap(path -> path.readOperations().stream());
    }

    /**
     * Adds details that a method's signature implies: that a long poll may have no result, and the media
     * types of a streamed body.
     */
    @Bean
    OperationCustomizer impliedResponses() {
        return (operation, handler) -> {
            RequestMapping mapping =
                    AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), RequestMapping.class);
            if (mapping == null || !List.of(mapping.method()).contains(RequestMethod.GET)) {
                return operation;
            }
            Class<?> returned = handler.getMethod().getReturnType();
            if (returned == PendingResponse.class) {
                operation
                        .getResponses()
                        .addApiResponse(
                                "204",
                                new ApiResponse()
                                        .description("No result yet. Retry-After says when to repeat the request."));
            }
            ApiResponse ok = operation.getResponses().get("200");
            if (returned == void.class && ok != null && ok.getContent() == null) {
                Content streamed = new Content();
                List.of(mapping.produces()).forEach(type -> streamed.addMediaType(type, new MediaType()));
                ok.setContent(streamed.isEmpty() ? null : streamed);
            }
            return operation;
        };
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
                .description("Why a request was refused (RFC 9457).")
                .addProperty(
                        "type",
                        new StringSchema()
                                .example("urn:evenkeel:problem:malformed")
                                .description("the kind of problem, which never changes"))
                .addProperty("title", new StringSchema().description("the kind of problem in words"))
                .addProperty("status", new IntegerSchema().description("the HTTP status"))
                .addProperty("detail", new StringSchema().description("what was wrong, and what was expected"))
                .addProperty("action", new StringSchema().description("what to do now"))
                .addProperty(
                        "neededBytes",
                        new IntegerSchema()
                                .format("int64")
                                .description("for insufficient-memory: the memory that the request needs"))
                .addProperty(
                        "leftBytes",
                        new IntegerSchema()
                                .format("int64")
                                .description("for insufficient-memory: the memory that is left"))
                .addProperty(
                        "heapBytes",
                        new IntegerSchema().format("int64").description("for insufficient-memory: the maximum heap"))
                .addProperty("field", new StringSchema().description("the field or parameter at fault, if any"))
                .additionalProperties(true);
    }
}
