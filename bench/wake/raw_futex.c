// SPDX-License-Identifier: MIT
//
// raw_futex: the wake race with two threads that sleep on a futex until it is their turn.

#include <pthread.h>

#include "futex.h"
#include "work.h"

static uint32_t turn;
static uint64_t ops;

static void* answer(void* raw) {
    for (uint64_t done = 0; done < ops; ++done) {
        futex_await(&turn, 1);
        futex_give(&turn, 0);
    }
    return raw;
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    ops = work.ops;
    pthread_t other;
    if (pthread_create(&other, NULL, answer, NULL) != 0) {
        contender_die("pthread_create");
    }

    const uint64_t start = contender_now();
    for (uint64_t done = 0; done < ops; ++done) {
        futex_give(&turn, 1);
        futex_await(&turn, 0);
    }
    const uint64_t ns = contender_now() - start;

    pthread_join(other, NULL);
    work_print(ops, ns);
    return 0;
}
