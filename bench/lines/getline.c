// SPDX-License-Identifier: MIT
//
// getline: the lines race with getline(3).

#include "work.h"

int main(int argc, char** argv) {
    const struct contender_options options = contender_options(argc, argv);
    char* line = NULL;
    size_t capacity = 0;
    uint64_t lines = 0;
    uint64_t sum = 0;

    uint64_t start = contender_now();
    for (size_t pass = 0; pass < options.repeat; ++pass) {
        FILE* file = fopen(options.input, "r");
        if (file == NULL) {
            contender_die(options.input);
        }
        for (ssize_t size; (size = getline(&line, &capacity, file)) > 0;) {
            lines += 1;
            sum += (uint64_t)size - (line[size - 1] == '\n');
        }
        if (ferror(file)) {
            contender_die(options.input);
        }
        fclose(file);
    }
    uint64_t ns = contender_now() - start;

    free(line);
    work_print_sum(lines, ns, sum);
    return 0;
}
