// SPDX-License-Identifier: MIT
//
// peer_pthread: the switch race with the system's threads: two pass a token and sleep on a futex.
//
// They share one processor, so each pass is a switch by the kernel.

#include <pthread.h>

#include "futex.h"
#include "work.h"

static uint32_t turn;
static uint64_t each;

static void* pass(void* raw) {
    const uint32_t me = (uint32_t)(uintptr_t)raw;
    for (uint64_t done = 0; done < each; ++done) {
        futex_await(&turn, me);
        futex_give(&turn, 1 - me);
    }
    return NULL;
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    each = (work.ops + 1) / 2;
    pthread_t other;

    const uint64_t start = contender_now();
    if (pthread_create(&other, NULL, pass, (void*)1) != 0) {
        contender_die("pthread_create");
    }
    pass((void*)0);
    pthread_join(other, NULL);
    work_print(2 * each, contender_now() - start);
    return 0;
}
