// SPDX-License-Identifier: MIT
//
// peer_st: the spawn race on State Threads, which reuses the stacks of ended threads; they have no guard pages.
//
// Its public interface has no yield: a thread waits for a condition that the joining thread then signals.

#include <st.h>

#include "work.h"

static st_cond_t go;

static void* nothing(void* raw) { return raw; }

static void* wait_once(void* raw) {
    st_cond_wait(go);
    return raw;
}

static st_thread_t spawn(void* (*run)(void*)) {
    st_thread_t thread = st_thread_create(run, NULL, 1, 0);
    if (thread == NULL) {
        contender_die("st_thread_create");
    }
    return thread;
}

static void in_batches(uint64_t ops, size_t tasks) {
    st_thread_t* threads = malloc(tasks * sizeof *threads);
    if (threads == NULL) {
        contender_die("malloc");
    }
    for (uint64_t done = 0; done < ops;) {
        size_t batch = ops - done < tasks ? (size_t)(ops - done) : tasks;
        for (size_t i = 0; i < batch; ++i) {
            threads[i] = spawn(wait_once);
        }
        st_usleep(0);  // all run until they wait
        st_cond_broadcast(go);
        for (size_t i = 0; i < batch; ++i) {
            st_thread_join(threads[i], NULL);
        }
        done += batch;
    }
    free(threads);
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    if (st_init() != 0) {
        contender_die("st_init");
    }
    go = st_cond_new();
    if (*work.flag != '\0') {
        in_batches(work.tasks, work.tasks);  // --warm
    }

    const uint64_t start = contender_now();
    if (work.tasks == 1) {
        for (uint64_t done = 0; done < work.ops; ++done) {
            st_thread_join(spawn(nothing), NULL);
        }
    } else {
        in_batches(work.ops, work.tasks);
    }
    work_print(work.ops, contender_now() - start);
    return 0;
}
