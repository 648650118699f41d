// SPDX-License-Identifier: MIT
//
// raw_copy_file_range: the copy race as a C program writes it, inside the kernel.
//
// The baseline of the race. The copy has the mode of the file.

#include "target.h"

int main(int argc, char** argv) {
    const struct contender_options options = contender_options(argc, argv);
    const char* target = target_path(options.input);

    uint64_t start = contender_now();
    int from = open(options.input, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (from < 0 || fstat(from, &st) != 0) {
        contender_die(options.input);
    }
    int to = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, st.st_mode & 0777);
    if (to < 0) {
        contender_die(target);
    }
    uint64_t size = 0;
    for (ssize_t count; (count = copy_file_range(from, NULL, to, NULL, 1 << 30, 0)) != 0; size += (uint64_t)count) {
        if (count < 0) {
            contender_die("copy_file_range");
        }
    }
    if (close(to) != 0 || close(from) != 0) {
        contender_die("close");
    }
    uint64_t ns = contender_now() - start;

    target_print(target, size, ns);
    return 0;
}
