// SPDX-License-Identifier: MIT
//
// raw_fork: the process race by fork and exec, where fork copies the page tables.

#include <sys/wait.h>
#include <unistd.h>

#include "heap.h"

int main(int argc, char** argv) {
    const struct work work = work_options(argc, argv);
    heap_touch(&work);
    char* const arguments[] = {(char*)work.dir, NULL};

    uint64_t failed = 0;
    const uint64_t start = contender_now();
    for (uint64_t done = 0; done < work.ops; ++done) {
        int status;
        const pid_t child = fork();
        if (child == 0) {
            execv(work.dir, arguments);
            _exit(127);
        }
        if (child < 0 || waitpid(child, &status, 0) != child) {
            contender_die("fork");
        }
        failed += !WIFEXITED(status) || WEXITSTATUS(status) != 0;
    }
    work_print_sum(work.ops, contender_now() - start, failed);
    return 0;
}
