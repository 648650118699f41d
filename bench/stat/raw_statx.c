// SPDX-License-Identifier: MIT
//
// raw_statx: the stat race with statx(2), which also returns the birth time.
//
// Asks for the basic fields and the birth time, as weld does. Symbolic links are not followed; the pass allocates
// nothing.

#include "contender.h"

int main(int argc, char** argv) {
    struct contender_options options = contender_options(argc, argv);
    struct contender_list list = contender_list(options.input);
    struct contender_totals totals = {0};
    const unsigned wanted = STATX_BASIC_STATS | STATX_BTIME;
    const int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT;

    uint64_t start = contender_now();
    for (size_t pass = 0; pass < options.repeat; ++pass) {
        for (size_t i = 0; i < list.len; ++i) {
            struct statx stx;
            if (statx(AT_FDCWD, list.paths[i], flags, wanted, &stx) == 0) {
                contender_add(&totals, stx.stx_size, stx.stx_ino, S_ISREG(stx.stx_mode));
            } else {
                totals.failed += 1;
            }
        }
    }
    uint64_t ns = contender_now() - start;

    contender_print(&totals, list.len * options.repeat, ns, CONTENDER_GIVES_ALL);
    return 0;
}
