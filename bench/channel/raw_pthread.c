// SPDX-License-Identifier: MIT
//
// raw_pthread: the channel race with a ring under the C library's mutex and two of its condition variables.

#include <pthread.h>

#include "work.h"

enum { MOST = 1024 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t filled = PTHREAD_COND_INITIALIZER;
static pthread_cond_t emptied = PTHREAD_COND_INITIALIZER;
static uint64_t ring[MOST];
static size_t capacity = 1;
static uint64_t head;
static uint64_t tail;
static uint64_t ops;

static void ring_send(uint64_t value) {
    pthread_mutex_lock(&mutex);
    while (tail - head == capacity) {
        pthread_cond_wait(&emptied, &mutex);
    }
    ring[tail++ % capacity] = value;
    pthread_cond_signal(&filled);
    pthread_mutex_unlock(&mutex);
}

static uint64_t ring_recv(void) {
    pthread_mutex_lock(&mutex);
    while (tail == head) {
        pthread_cond_wait(&filled, &mutex);
    }
    const uint64_t value = ring[head++ % capacity];
    pthread_cond_signal(&emptied);
    pthread_mutex_unlock(&mutex);
    return value;
}

static void* send_all(void* raw) {
    for (uint64_t done = 0; done < ops; ++done) {
        ring_send(done);
    }
    return raw;
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    ops = work.ops;
    capacity = work.tasks < MOST ? work.tasks : MOST;
    uint64_t sum = 0;
    pthread_t sender;
    const uint64_t start = contender_now();
    if (work.workers == 1) {
        for (uint64_t done = 0; done < ops; ++done) {
            ring_send(done);
            sum += ring_recv();
        }
    } else {
        if (pthread_create(&sender, NULL, send_all, NULL) != 0) {
            contender_die("pthread_create");
        }
        for (uint64_t done = 0; done < ops; ++done) {
            sum += ring_recv();
        }
        pthread_join(sender, NULL);
    }
    work_print_sum(ops, contender_now() - start, sum);
    return 0;
}
