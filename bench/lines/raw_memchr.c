// SPDX-License-Identifier: MIT
//
// raw_memchr: the lines race as a C program writes it: read(2) of 64 KiB, memchr for the ends.
//
// The baseline of the race. For a line that spans two reads it keeps only the length.

#include "work.h"

int main(int argc, char** argv) {
    const struct contender_options options = contender_options(argc, argv);
    static char buffer[64 * 1024];
    uint64_t lines = 0;
    uint64_t sum = 0;

    uint64_t start = contender_now();
    for (size_t pass = 0; pass < options.repeat; ++pass) {
        int fd = open(options.input, O_RDONLY | O_CLOEXEC);
        size_t carried = 0;
        ssize_t count = -1;
        while (fd >= 0 && (count = read(fd, buffer, sizeof buffer)) > 0) {
            const char* at = buffer;
            const char* end = buffer + count;
            for (const char* found; (found = (const char*)memchr(at, '\n', (size_t)(end - at))) != NULL;) {
                lines += 1;
                sum += carried + (size_t)(found - at);
                carried = 0;
                at = found + 1;
            }
            carried += (size_t)(end - at);
        }
        if (count < 0) {
            contender_die(options.input);
        }
        lines += carried != 0;
        sum += carried;
        close(fd);
    }
    uint64_t ns = contender_now() - start;

    work_print_sum(lines, ns, sum);
    return 0;
}
