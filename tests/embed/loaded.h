/* SPDX-License-Identifier: MIT */
/* The functions of embedded.h in a library that the program opens by dlopen(3). */
#ifndef LOADED_H
#define LOADED_H

#include "host.h"

#include <dlfcn.h>

struct library {
    void* handle;
    const char* (*module)(unsigned);
    int (*use)(unsigned, const char*);
};

static inline void* symbol(void* handle, const char* name) {
    void* found = dlsym(handle, name);
    if (found == NULL) {
        fail(name, 0);
    }
    return found;
}

static inline struct library open_library(const char* path) {
    void* handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) {
        fail(dlerror(), 0);
    }
    struct library library = {.handle = handle};
    *(void**)&library.module = symbol(handle, "embedded_module");
    *(void**)&library.use = symbol(handle, "embedded_use");
    return library;
}

static inline void close_library(struct library library) {
    if (dlclose(library.handle) != 0) {
        fail(dlerror(), 0);
    }
}

/* Whether the library is loaded. The question itself gives an unused library one more chance to be unloaded. */
static inline int is_loaded(const char* path) {
    void* handle = dlopen(path, RTLD_NOW | RTLD_NOLOAD);
    if (handle != NULL) {
        dlclose(handle);
    }
    return handle != NULL;
}

/* The number of the last module, "park": only for threads that end before the library is closed. */
static inline unsigned last_module(struct library library) {
    unsigned number = 0;
    while (library.module(number + 1) != NULL) {
        ++number;
    }
    return number;
}

#endif
