// SPDX-License-Identifier: MIT
//
// c: stat in C.

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int main(int argc, char** argv) {
    int status = 0;
    for (int i = 1; i < argc; ++i) {
        struct stat st;
        if (stat(argv[i], &st) == 0) {
            printf("%lld %o %lld %s\n", (long long)st.st_size, st.st_mode & 0777u, (long long)st.st_mtim.tv_sec,
                   argv[i]);
        } else {
            fprintf(stderr, "stat: %s: %s\n", argv[i], strerror(errno));
            status = 1;
        }
    }
    return status;
}
