// SPDX-License-Identifier: MIT
//
// c: spawn in C, by posix_spawn(3).

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
    char* child[] = {argc > 1 ? argv[1] : "/bin/true", NULL};
    pid_t pid;
    int status;
    errno = posix_spawnp(&pid, child[0], NULL, NULL, child, environ);
    if (errno != 0 || waitpid(pid, &status, 0) != pid) {
        fprintf(stderr, "spawn: %s: %s\n", child[0], strerror(errno));
        return 1;
    }
    printf("exit %d\n", WEXITSTATUS(status));
    return 0;
}
