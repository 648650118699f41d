// SPDX-License-Identifier: MIT
//
// peer_st: the memory race on State Threads, on stacks of their default size, each waiting for one condition.
//
// In Debian's build its stacks have no guard pages: an overflow writes into the next stack.

#include <st.h>

#include "resident.h"
#include "work.h"

static st_cond_t go;

static void* park(void* raw) {
    st_cond_wait(go);
    return raw;
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    const size_t tasks = work.tasks;
    st_thread_t* threads = malloc(tasks * sizeof *threads);
    if (threads == NULL || st_init() != 0) {
        contender_die("st_init");
    }
    go = st_cond_new();

    const uint64_t before = resident_bytes();
    const uint64_t start = contender_now();
    for (size_t i = 0; i < tasks; ++i) {
        threads[i] = st_thread_create(park, NULL, 1, 0);
        if (threads[i] == NULL) {
            contender_die("st_thread_create");
        }
    }
    st_usleep(0);  // all run until they wait
    resident_print(tasks, contender_now() - start, before);

    st_cond_broadcast(go);
    for (size_t i = 0; i < tasks; ++i) {
        st_thread_join(threads[i], NULL);
    }
    return 0;
}
