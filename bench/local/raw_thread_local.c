// SPDX-License-Identifier: MIT
//
// raw_thread_local: the local race in C, the baseline.

#include "local/access.h"

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    const uint64_t ns = local_race(&work);
    work_print_sum(local_rounds_of(&work) * LOCAL_ACCESSES, ns, local_sum());
    return 0;
}
