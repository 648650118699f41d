// SPDX-License-Identifier: MIT
//
// peer_st: the switch race on State Threads: two of its threads that wake each other in turn.
//
// Its public interface has no yield but a sleep of zero, which reads the clock and sorts a timer. The cheapest way to
// let the other thread run is to signal one condition and to wait for another.

#include <st.h>

#include "work.h"

static st_cond_t conditions[2];
static uint64_t each;

static void* pass(void* raw) {
    const size_t me = (size_t)(uintptr_t)raw;
    for (uint64_t done = 0; done < each; ++done) {
        st_cond_signal(conditions[1 - me]);
        st_cond_wait(conditions[me]);
    }
    st_cond_signal(conditions[1 - me]);
    return NULL;
}

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    each = (work.ops + 1) / 2;
    if (st_init() != 0) {
        contender_die("st_init");
    }
    conditions[0] = st_cond_new();
    conditions[1] = st_cond_new();
    st_thread_t other = st_thread_create(pass, (void*)1, 1, 0);
    if (other == NULL) {
        contender_die("st_thread_create");
    }

    const uint64_t start = contender_now();
    pass((void*)0);
    st_thread_join(other, NULL);
    work_print(2 * each, contender_now() - start);
    return 0;
}
