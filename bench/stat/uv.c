// SPDX-License-Identifier: MIT
//
// uv: the stat race with libuv, synchronous or through its thread pool.
//
// Without --in-flight every path is one uv_fs_lstat with no callback. With --in-flight N the default loop keeps N
// requests in flight: each callback takes the next path, so the requests themselves are made once. libuv has its own
// allocations (for one, a copy of every path); this program allocates nothing per path.

#include <uv.h>

#include "contender.h"

struct pass {
    struct contender_list list;
    size_t next;  // how many requests were started
    size_t ops;   // how many there are to start
    struct contender_totals totals;
};

static void add(struct contender_totals* totals, const uv_fs_t* request) {
    if (request->result == 0) {
        const uv_stat_t* st = &request->statbuf;
        contender_add(totals, st->st_size, st->st_ino, S_ISREG(st->st_mode));
    } else {
        totals->failed += 1;
    }
}

static void run_sync(struct pass* pass) {
    uv_loop_t* loop = uv_default_loop();
    for (; pass->next < pass->ops; ++pass->next) {
        uv_fs_t request;
        uv_fs_lstat(loop, &request, pass->list.paths[pass->next % pass->list.len], NULL);
        add(&pass->totals, &request);
        uv_fs_req_cleanup(&request);
    }
}

static void on_stat(uv_fs_t* request);

static void start_next(struct pass* pass, uv_fs_t* request) {
    const char* path = pass->list.paths[pass->next++ % pass->list.len];
    request->data = pass;
    int error = uv_fs_lstat(uv_default_loop(), request, path, on_stat);
    if (error != 0) {
        fprintf(stderr, "uv_fs_lstat: %s\n", uv_strerror(error));
        exit(1);
    }
}

static void on_stat(uv_fs_t* request) {
    struct pass* pass = (struct pass*)request->data;
    add(&pass->totals, request);
    uv_fs_req_cleanup(request);
    if (pass->next < pass->ops) {
        start_next(pass, request);
    }
}

static void run_async(struct pass* pass, uv_fs_t* requests, size_t len) {
    for (size_t i = 0; i < len && pass->next < pass->ops; ++i) {
        start_next(pass, &requests[i]);
    }
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}

int main(int argc, char** argv) {
    struct contender_options options = contender_options(argc, argv);
    struct pass pass = {contender_list(options.input), 0, 0, {0}};
    pass.ops = pass.list.len * options.repeat;
    uv_fs_t* requests = (uv_fs_t*)calloc(options.in_flight + 1, sizeof *requests);
    if (requests == NULL || uv_default_loop() == NULL) {
        contender_die("uv");
    }

    uint64_t start = contender_now();
    if (options.in_flight == 0) {
        run_sync(&pass);
    } else {
        run_async(&pass, requests, options.in_flight);
    }
    uint64_t ns = contender_now() - start;

    free(requests);
    contender_print(&pass.totals, pass.ops, ns, CONTENDER_GIVES_ALL);
    return 0;
}
