// SPDX-License-Identifier: MIT
//
// peer_pthread: the memory race with the system's threads on the smallest possible stacks, at most 10,000 of them.

#include <limits.h>
#include <pthread.h>

#include "futex.h"
#include "resident.h"
#include "work.h"

enum { MOST = 10000 };

static uint32_t parked;  // the number of threads that have got so far
static uint32_t go;

static void* park(void* raw) {
    __atomic_add_fetch(&parked, 1, __ATOMIC_RELEASE);
    futex_await(&go, 1);
    return raw;
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    const size_t tasks = work.tasks < MOST ? work.tasks : MOST;
    static pthread_t threads[MOST];
    pthread_attr_t smallest;
    if (pthread_attr_init(&smallest) != 0 ||
        pthread_attr_setstacksize(&smallest, (size_t)sysconf(_SC_THREAD_STACK_MIN)) != 0) {
        contender_die("pthread_attr_setstacksize");
    }

    const uint64_t before = resident_bytes();
    const uint64_t start = contender_now();
    for (size_t i = 0; i < tasks; ++i) {
        if (pthread_create(&threads[i], &smallest, park, NULL) != 0) {
            contender_die("pthread_create");
        }
    }
    while (__atomic_load_n(&parked, __ATOMIC_ACQUIRE) < tasks) {
        usleep(1000);
    }
    resident_print(tasks, contender_now() - start, before);

    __atomic_store_n(&go, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &go, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    for (size_t i = 0; i < tasks; ++i) {
        pthread_join(threads[i], NULL);
    }
    return 0;
}
