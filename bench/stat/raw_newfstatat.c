// SPDX-License-Identifier: MIT
//
// raw_newfstatat: the stat race as a C program writes it, one fstatat(2) a path.
//
// The baseline of the race. Symlinks are not followed; nothing is allocated in the pass.

#include "contender.h"

int main(int argc, char** argv) {
    struct contender_options options = contender_options(argc, argv);
    struct contender_list list = contender_list(options.input);
    struct contender_totals totals = {0};

    uint64_t start = contender_now();
    for (size_t pass = 0; pass < options.repeat; ++pass) {
        for (size_t i = 0; i < list.len; ++i) {
            struct stat st;
            if (fstatat(AT_FDCWD, list.paths[i], &st, AT_SYMLINK_NOFOLLOW) == 0) {
                contender_add(&totals, (uint64_t)st.st_size, st.st_ino, S_ISREG(st.st_mode));
            } else {
                totals.failed += 1;
            }
        }
    }
    uint64_t ns = contender_now() - start;

    contender_print(&totals, list.len * options.repeat, ns, CONTENDER_GIVES_ALL);
    return 0;
}
