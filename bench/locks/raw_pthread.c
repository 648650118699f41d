// SPDX-License-Identifier: MIT
//
// raw_pthread: the locks race with the C library: a mutex, a reader-writer lock, a condition variable.

#include <pthread.h>
#include <stdatomic.h>

#include "work.h"

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t turned = PTHREAD_COND_INITIALIZER;
static uint64_t value;
static uint64_t ops;
static atomic_size_t ready;
static atomic_bool go;

static void count_locked(void) {
    for (uint64_t done = 0; done < ops; ++done) {
        pthread_mutex_lock(&mutex);
        ++value;
        pthread_mutex_unlock(&mutex);
    }
}

static uint64_t sum_read(void) {
    uint64_t sum = 0;
    for (uint64_t done = 0; done < ops; ++done) {
        pthread_rwlock_rdlock(&rwlock);
        sum += value + 1;
        pthread_rwlock_unlock(&rwlock);
    }
    return sum;
}

/// `ops` times: waits until the value is odd, or even, and changes it to the other.
static void take_turns(uint64_t parity) {
    pthread_mutex_lock(&mutex);
    for (uint64_t done = 0; done < ops; ++done) {
        while (value % 2 != parity) {
            pthread_cond_wait(&turned, &mutex);
        }
        ++value;
        pthread_cond_signal(&turned);
    }
    pthread_mutex_unlock(&mutex);
}

struct part {
    const char* flag;
    uint64_t parity;
    uint64_t end;
    uint64_t sum;
};

static void* run(void* raw) {
    struct part* part = raw;
    atomic_fetch_add(&ready, 1);
    while (!atomic_load_explicit(&go, memory_order_acquire)) {
    }
    if (strcmp(part->flag, "read") == 0) {
        part->sum = sum_read();
    } else if (strcmp(part->flag, "condvar") == 0) {
        take_turns(part->parity);
    } else {
        count_locked();
    }
    part->end = contender_now();
    return raw;
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    ops = work.ops;
    enum { MOST = 64 };
    static struct part parts[MOST];
    static pthread_t threads[MOST];
    const size_t count = work.workers < MOST ? work.workers : MOST;
    for (size_t i = 0; i < count; ++i) {
        parts[i] = (struct part){.flag = work.flag, .parity = i % 2};
        if (pthread_create(&threads[i], NULL, run, &parts[i]) != 0) {
            contender_die("pthread_create");
        }
    }
    while (atomic_load(&ready) != count) {
    }
    const uint64_t start = contender_now();
    atomic_store_explicit(&go, true, memory_order_release);
    uint64_t end = start;
    uint64_t sum = 0;
    for (size_t i = 0; i < count; ++i) {
        pthread_join(threads[i], NULL);
        end = parts[i].end > end ? parts[i].end : end;
        sum += parts[i].sum;
    }
    work_print_sum(ops * count, end - start, value + sum);
    return 0;
}
