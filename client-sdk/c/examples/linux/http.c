#define _POSIX_C_SOURCE 200809L

#include "http.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_MS = 10000, EXCHANGE_MS = 60000, MAX_URL = 2048, MAX_LINE = 1024 };

/** Processes a line before the answer's body: its status, or a header. */
static size_t take_line(char *bytes, size_t unit, size_t size, void *context) {
    struct http *http = context;
    char line[MAX_LINE], *value;
    (void)unit;
    /* Devices do not need longer headers. */
    if (size >= sizeof line) return size;
    memcpy(line, bytes, size);
    line[size] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (!strncmp(line, "HTTP/", 5)) {
        long status = strtol(line + strcspn(line, " "), NULL, 10);
        /* Interim responses precede the answer. */
        if (status >= 200) http->status = evenkeel_answer(http->device, (uint32_t)status);
    } else if ((value = strchr(line, ':')) != NULL) {
        *value++ = '\0';
        evenkeel_answer_header(http->device, line, value + strspn(value, " \t"));
    }
    return http->status == EVENKEEL_OK ? size : 0;
}

static size_t take_body(char *bytes, size_t unit, size_t size, void *context) {
    struct http *http = context;
    (void)unit;
    http->status = evenkeel_answer_body(http->device, bytes, size);
    return http->status == EVENKEEL_OK ? size : 0;
}

int http_open(struct http *http, const char *address, evenkeel_device *device) {
    memset(http, 0, sizeof *http);
    http->address = address;
    http->device = device;
    return curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK && (http->curl = curl_easy_init()) != NULL;
}

static struct curl_slist *headers_of(const evenkeel_request *request) {
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    for (uint32_t i = 0; i < request->header_count && list; i++) {
        char line[MAX_LINE];
        struct curl_slist *longer;
        snprintf(line, sizeof line, "%s: %s", request->headers[i].name, request->headers[i].value);
        longer = curl_slist_append(list, line);
        if (!longer) curl_slist_free_all(list);
        list = longer;
    }
    return list;
}

void http_exchange(struct http *http, const evenkeel_request *request) {
    CURL *curl = http->curl;
    char url[MAX_URL];
    struct curl_slist *headers = headers_of(request);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    snprintf(url, sizeof url, "%s%s", http->address, request->path);
    http->status = EVENKEEL_OK;
    curl_easy_reset(curl); /* keeps the connection */
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request->method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    if (request->body || !strcmp(request->method, "PUT") || !strcmp(request->method, "POST")) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)request->body_size);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request->body ? (const char *)request->body : "");
    }
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_line);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, http);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, http);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)EXCHANGE_MS + (long)request->extra_timeout);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, http->error);
    if (headers) code = curl_easy_perform(curl);
    curl_slist_free_all(headers);
    /* After any status other than OK, the device decides how to continue. */
    if (http->status != EVENKEEL_OK) return;
    if (code == CURLE_OK) {
        evenkeel_answer_end(http->device);
    } else {
        fprintf(stderr, "%s %s: %s\n", request->method, request->path, *http->error ? http->error : curl_easy_strerror(code));
        evenkeel_answer_failed(http->device);
    }
}

void http_close(struct http *http) {
    curl_easy_cleanup(http->curl);
    curl_global_cleanup();
}
