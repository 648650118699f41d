// SPDX-License-Identifier: MIT
//
// c: cat in C, by the system's calls.

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int complain(const char* what) {
    fprintf(stderr, "cat: %s: %s\n", what, strerror(errno));
    return 1;
}

static int copy(int from, const char* name) {
    static char buffer[32 * 1024];
    for (ssize_t size; (size = read(from, buffer, sizeof buffer)) != 0;) {
        if (size < 0) {
            return complain(name);
        }
        for (ssize_t done = 0, count; done < size; done += count) {
            count = write(STDOUT_FILENO, buffer + done, (size_t)(size - done));
            if (count < 0) {
                return complain("standard output");
            }
        }
    }
    return 0;
}

int main(int argc, char** argv) {
    int status = argc < 2 ? copy(STDIN_FILENO, "standard input") : 0;
    for (int i = 1; i < argc; ++i) {
        int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            status = complain(argv[i]);
            continue;
        }
        status |= copy(fd, argv[i]);
        close(fd);
    }
    return status;
}
