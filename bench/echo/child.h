// SPDX-License-Identifier: MIT
//
// child: the server as a child process of the load: starts it on its own processor, reads its port, ends it.
//
// The server does not outlive this process: its standard input ends then, and the kernel kills it too. All waits for it
// here take CHILD_SECONDS at most. A failure ends this process with a message.

#ifndef BENCH_ECHO_CHILD_H
#define BENCH_ECHO_CHILD_H

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "contender.h"

enum { CHILD_SECONDS = 20 };  // a server under valgrind is slow to start

struct child {
    pid_t pid;
    int input;   // its standard input
    int output;  // its standard output
    clockid_t cpu_clock;
};

static inline void child_die(const char* program, const char* what) {
    fprintf(stderr, "%s %s\n", program, what);
    exit(1);
}

static inline struct child child_start(char** command, int processor) {
    int input[2], output[2];
    struct child child;
    pid_t parent = getpid();
    if (pipe2(input, O_CLOEXEC) != 0 || pipe2(output, O_CLOEXEC) != 0 || (child.pid = fork()) < 0) {
        contender_die("starting the server");
    }
    if (child.pid == 0) {
        cpu_set_t only;
        CPU_ZERO(&only);
        CPU_SET((size_t)processor, &only);
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent ||
            sched_setaffinity(0, sizeof only, &only) != 0 || dup2(input[0], STDIN_FILENO) < 0 ||
            dup2(output[1], STDOUT_FILENO) < 0) {
            perror("starting the server");
            _exit(1);
        }
        execvp(command[0], command);
        perror(command[0]);
        _exit(1);
    }
    close(input[0]);
    close(output[1]);
    child.input = input[1];
    child.output = output[0];
    if (clock_getcpuclockid(child.pid, &child.cpu_clock) != 0) {
        child_die(command[0], "has no clock of processor time");
    }
    return child;
}

/// One blocking read of the server's output; zero when it has ended.
static inline size_t child_read(const struct child* child, const char* program, char* target, size_t len) {
    struct pollfd readable = {.fd = child->output, .events = POLLIN};
    if (poll(&readable, 1, CHILD_SECONDS * 1000) != 1) {
        child_die(program, "neither spoke nor ended when it should have");
    }
    ssize_t n = read(child->output, target, len);
    return n > 0 ? (size_t)n : 0;
}

static inline uint16_t child_port(const struct child* child, const char* program) {
    char line[16] = {0};
    size_t len = 0;
    while (len < sizeof line - 1 && strchr(line, '\n') == NULL) {
        size_t n = child_read(child, program, line + len, sizeof line - 1 - len);
        if (n == 0) {
            child_die(program, "ended before it named its port");
        }
        len += n;
    }
    char* end;
    unsigned long port = strtoul(line, &end, 10);
    if (end == line || *end != '\n' || port == 0 || port > UINT16_MAX) {
        child_die(program, "printed something that is no port");
    }
    return (uint16_t)port;
}

/// Processor time of all threads of the server so far, in nanoseconds.
static inline uint64_t child_cpu(const struct child* child) {
    struct timespec time;
    if (clock_gettime(child->cpu_clock, &time) != 0) {
        contender_die("the server's clock");
    }
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

/// Ends the server's input and waits until it has exited with 0.
static inline void child_stop(const struct child* child, const char* program) {
    char ignored[256];
    int status;
    close(child->input);
    while (child_read(child, program, ignored, sizeof ignored) > 0) {
    }
    if (waitpid(child->pid, &status, 0) != child->pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        child_die(program, "failed");
    }
}

#endif
