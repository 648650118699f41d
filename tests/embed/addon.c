/* SPDX-License-Identifier: MIT */
/* addon: embedded.h for Node, by a few functions of Node-API.
 *
 * Node-API is a stable ABI, so they are declared here, and the build needs no header of Node. */
#include "embedded.h"

#include <stddef.h>
#include <stdint.h>

typedef struct napi_env__* napi_env;
typedef struct napi_value__* napi_value;
typedef struct napi_callback_info__* napi_callback_info;
typedef napi_value (*napi_callback)(napi_env env, napi_callback_info info);
typedef enum { napi_ok } napi_status;

napi_status napi_get_cb_info(napi_env env, napi_callback_info info, size_t* argc, napi_value* argv, napi_value* self,
                             void** data);
napi_status napi_get_value_uint32(napi_env env, napi_value value, uint32_t* result);
napi_status napi_get_value_string_utf8(napi_env env, napi_value value, char* text, size_t size, size_t* length);
napi_status napi_create_int32(napi_env env, int32_t value, napi_value* result);
napi_status napi_create_string_utf8(napi_env env, const char* text, size_t length, napi_value* result);
napi_status napi_create_function(napi_env env, const char* name, size_t length, napi_callback call, void* data,
                                 napi_value* result);
napi_status napi_set_named_property(napi_env env, napi_value object, const char* name, napi_value value);

/* embedded_module(number): a name, or undefined. */
static napi_value call_module(napi_env env, napi_callback_info info) {
    napi_value argument;
    napi_value result = NULL;
    size_t count = 1;
    uint32_t number;
    if (napi_get_cb_info(env, info, &count, &argument, NULL, NULL) == napi_ok &&
        napi_get_value_uint32(env, argument, &number) == napi_ok && embedded_module(number) != NULL) {
        (void)napi_create_string_utf8(env, embedded_module(number), (size_t)-1, &result);
    }
    return result;
}

/* embedded_use(number, directory): zero, or the line that failed; -2 for other arguments. */
static napi_value call_use(napi_env env, napi_callback_info info) {
    napi_value arguments[2];
    napi_value result = NULL;
    size_t count = 2;
    uint32_t number;
    char directory[4096];
    int failed = -2;
    if (napi_get_cb_info(env, info, &count, arguments, NULL, NULL) == napi_ok &&
        napi_get_value_uint32(env, arguments[0], &number) == napi_ok &&
        napi_get_value_string_utf8(env, arguments[1], directory, sizeof directory, NULL) == napi_ok) {
        failed = embedded_use(number, directory);
    }
    (void)napi_create_int32(env, failed, &result);
    return result;
}

/* Node calls this when it loads the addon, once for each of its threads that loads it. */
EMBEDDED_API napi_value napi_register_module_v1(napi_env env, napi_value exports);
napi_value napi_register_module_v1(napi_env env, napi_value exports) {
    napi_value function;
    if (napi_create_function(env, "module", (size_t)-1, call_module, NULL, &function) == napi_ok) {
        (void)napi_set_named_property(env, exports, "module", function);
    }
    if (napi_create_function(env, "use", (size_t)-1, call_use, NULL, &function) == napi_ok) {
        (void)napi_set_named_property(env, exports, "use", function);
    }
    return exports;
}
