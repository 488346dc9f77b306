#pragma once
#include <curl/curl.h>

// libcurl's setters and getters are variadic, and Swift cannot call variadic C functions. One function per type of
// value; the parentheses get past curl's type-check macros, which do not understand a value of unknown option.

// Setting an option of one transfer. Every result wants checking.

static inline CURLcode curl_set_long(CURL *handle, CURLoption option, long value) {
  return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return (curl_easy_setopt)(handle, option, value);
}

// libcurl copies the string.
static inline CURLcode curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return (curl_easy_setopt)(handle, option, value);
}

// libcurl keeps the pointer: what it points at must outlive the handle.
static inline CURLcode curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return (curl_easy_setopt)(handle, option, value);
}

// libcurl keeps the list, it does not copy it.
static inline CURLcode curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return (curl_easy_setopt)(handle, option, value);
}

// Reading, writing and header callbacks share this type.
typedef size_t (*curl_data_function)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode curl_set_data_function(CURL *handle, CURLoption option, curl_data_function value) {
  return (curl_easy_setopt)(handle, option, value);
}

typedef int (*curl_progress_function)(
    void *context, curl_off_t downTotal, curl_off_t down, curl_off_t upTotal, curl_off_t up);
static inline CURLcode curl_set_progress_function(CURL *handle, curl_progress_function value) {
  return (curl_easy_setopt)(handle, CURLOPT_XFERINFOFUNCTION, value);
}

typedef int (*curl_trace_function)(CURL *handle, curl_infotype type, char *bytes, size_t count, void *context);
static inline CURLcode curl_set_trace_function(CURL *handle, curl_trace_function value) {
  return (curl_easy_setopt)(handle, CURLOPT_DEBUGFUNCTION, value);
}

typedef curl_socket_t (*curl_open_socket_function)(
    void *context, curlsocktype purpose, struct curl_sockaddr *address);
static inline CURLcode curl_set_open_socket_function(CURL *handle, curl_open_socket_function value) {
  return (curl_easy_setopt)(handle, CURLOPT_OPENSOCKETFUNCTION, value);
}

typedef int (*curl_close_socket_function)(void *context, curl_socket_t socket);
static inline CURLcode curl_set_close_socket_function(CURL *handle, curl_close_socket_function value) {
  return (curl_easy_setopt)(handle, CURLOPT_CLOSESOCKETFUNCTION, value);
}

// Asking about a transfer that has ended.

static inline CURLcode curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return (curl_easy_getinfo)(handle, info, value);
}

static inline CURLcode curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return (curl_easy_getinfo)(handle, info, value);
}

static inline CURLcode curl_get_pointer(CURL *handle, CURLINFO info, void **value) {
  return (curl_easy_getinfo)(handle, info, value);
}

// Many transfers in one loop.

static inline CURLMcode curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
  return (curl_multi_setopt)(handle, option, value);
}

static inline CURLcode curl_message_result(const CURLMsg *message) { return message->data.result; }

// The struct behind it grows with each release, and the constant that names ours is a macro Swift does not see.
static inline const char *curl_version_text(void) { return curl_version_info(CURLVERSION_NOW)->version; }
