// SPDX-License-Identifier: MIT
//
// raw_eventfd: the wake race with two threads, each blocked in read(2) of its eventfd until the other writes to it.

#include <pthread.h>

#include "eventfd.h"
#include "work.h"

static int bells[2];
static uint64_t ops;

static void* answer(void* raw) {
    for (uint64_t done = 0; done < ops; ++done) {
        eventfd_await(bells[1]);
        eventfd_ring(bells[0]);
    }
    return raw;
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    ops = work.ops;
    bells[0] = eventfd_new();
    bells[1] = eventfd_new();
    pthread_t other;
    if (pthread_create(&other, NULL, answer, NULL) != 0) {
        contender_die("pthread_create");
    }

    const uint64_t start = contender_now();
    for (uint64_t done = 0; done < ops; ++done) {
        eventfd_ring(bells[1]);
        eventfd_await(bells[0]);
    }
    const uint64_t ns = contender_now() - start;

    pthread_join(other, NULL);
    work_print(ops, ns);
    return 0;
}
