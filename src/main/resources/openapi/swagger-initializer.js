window.onload = () => {
    window.ui = SwaggerUIBundle({
        url: "../openapi.json",
        dom_id: "#swagger-ui",
        deepLinking: true,
        tagsSorter: "alpha",
        validatorUrl: null,
        presets: [SwaggerUIBundle.presets.apis],
        layout: "BaseLayout",
    });
};
