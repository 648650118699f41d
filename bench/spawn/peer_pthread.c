// SPDX-License-Identifier: MIT
//
// peer_pthread: the spawn race with the system's threads, at most 1,000 alive at once.

#include <pthread.h>
#include <sched.h>

#include "work.h"

enum { MOST = 1000 };

static void* nothing(void* raw) { return raw; }

static void* yield_once(void* raw) {
    sched_yield();
    return raw;
}

static pthread_t spawn(void* (*run)(void*)) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, NULL) != 0) {
        contender_die("pthread_create");
    }
    return thread;
}

static void in_batches(uint64_t ops, size_t tasks) {
    static pthread_t threads[MOST];
    tasks = tasks < MOST ? tasks : MOST;
    for (uint64_t done = 0; done < ops;) {
        size_t batch = ops - done < tasks ? (size_t)(ops - done) : tasks;
        for (size_t i = 0; i < batch; ++i) {
            threads[i] = spawn(yield_once);
        }
        for (size_t i = 0; i < batch; ++i) {
            pthread_join(threads[i], NULL);
        }
        done += batch;
    }
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    if (*work.flag != '\0') {
        in_batches(MOST, MOST);  // --warm
    }
    const uint64_t start = contender_now();
    if (work.tasks == 1) {
        for (uint64_t done = 0; done < work.ops; ++done) {
            pthread_join(spawn(nothing), NULL);
        }
    } else {
        in_batches(work.ops, work.tasks);
    }
    work_print(work.ops, contender_now() - start);
    return 0;
}
