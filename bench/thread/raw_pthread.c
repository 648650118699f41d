// SPDX-License-Identifier: MIT
//
// raw_pthread: the thread race: pthread_create and pthread_join.

#include <pthread.h>

#include "work.h"

static void* count(void* raw) {
    ++*(uint64_t*)raw;
    return raw;
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    uint64_t sum = 0;
    const uint64_t start = contender_now();
    for (uint64_t done = 0; done < work.ops; ++done) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, count, &sum) != 0) {
            contender_die("pthread_create");
        }
        pthread_join(thread, NULL);
    }
    work_print_sum(work.ops, contender_now() - start, sum);
    return 0;
}
