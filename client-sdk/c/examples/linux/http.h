/* Sends a device's requests with libcurl. */
#ifndef HTTP_H
#define HTTP_H

#include "evenkeel.h"

#include <curl/curl.h>

struct http {
    CURL *curl;
    const char *address; /* the coordinator's address, such as "https://coordinator.example.org" */
    evenkeel_device *device;
    evenkeel_status status; /* of the current answer */
    char error[CURL_ERROR_SIZE];
};

/** Returns 0 if libcurl cannot be used. */
int http_open(struct http *http, const char *address, evenkeel_device *device);

/** Sends the request of the device's action, and passes the answer to the device as it arrives. */
void http_exchange(struct http *http, const evenkeel_request *request);

void http_close(struct http *http);

#endif
