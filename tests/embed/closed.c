/* SPDX-License-Identifier: MIT */
/* embed.closed: a C program over weld that is started with each subset of the file descriptors 0, 1 and 2 closed.
 *
 * Everything works, and files get the free numbers. Text for an open stream arrives whole and in order; text for a
 * closed one is handled as weld's headers say. Once the closed descriptors are filled, no file gets their numbers. */
#define _GNU_SOURCE
#include "host.h"

#include "embedded.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>

static const char said_out[] = "host\nprint\nhost\nStdout\nStdoutRaw\nlate\n";
static const char said_err[] = "eprint\nStderr\n";

/* The child. Its messages go to a file, because its streams may be closed. */
static const char* directory;
static unsigned closed;

static void need(int condition, const char* what) {
    if (!condition) {
        char path[128];
        snprintf(path, sizeof path, "%s/failed", directory);
        const int fd = open(path, O_WRONLY | O_CREAT, 0600);
        dprintf(fd, "%s", what);
        _exit(1);
    }
}

static int is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }
static int is_closed(int fd) { return (int)((closed >> fd) & 1U); }

static void check_untouched(const char* what) {
    for (int fd = 0; fd < 3; ++fd) {
        need(is_open(fd) == !is_closed(fd), what);
    }
}

static void check_modules(void) {
    const char* name;
    for (unsigned number = 0; (name = embedded_module(number)) != NULL; ++number) {
        need(embedded_use(number, directory) == 0, name);
        check_untouched(name);
    }
}

static void check_streams(void) {
    int count = -1;
    need(embedded_read_stdin(&count) == 0 && count == (is_closed(0) ? 0 : 4), "reading standard input");
    need(printf("host\n") == 5, "printf");
    need(embedded_say(EMBEDDED_PRINT, "print\n") == (is_closed(1) ? EBADF : 0), "print");
    need(printf("host\n") == 5, "printf after print");
    need(embedded_say(EMBEDDED_STDOUT, "Stdout\n") == 0, "Stdout");
    need(embedded_say(EMBEDDED_RAW, "StdoutRaw\n") == 0, "StdoutRaw");
    need(embedded_say(EMBEDDED_EPRINT, "eprint\n") == (is_closed(2) ? EBADF : 0), "eprint");
    need(embedded_say(EMBEDDED_STDERR, "Stderr\n") == 0, "Stderr");
    check_untouched("the streams");
}

/* A file gets the lowest free number, and contains what was written to it and nothing else. */
static void check_file(int least) {
    char path[128];
    char text[16] = "";
    snprintf(path, sizeof path, "%s/file", directory);
    const int fd = embedded_create(path);
    need(fd >= least && (least > 0 || fd == 0), "a file gets another number");
    need(write(fd, "mine", 4) == 4 && close(fd) == 0, "writing to a file");
    const int again = open(path, O_RDONLY);
    need(read(again, text, sizeof text) == 4 && memcmp(text, "mine", 4) == 0, "a file holds something else");
    close(again);
    need(unlink(path) == 0, "removing a file");
}

static void check_filled(void) {
    char path[128];
    struct {
        char text[16];
    } found;
    need(embedded_fill_standard_handles() == 0, "filling");
    need(is_open(0) && is_open(1) && is_open(2), "what is filled is open");
    snprintf(path, sizeof path, "%s/file", directory);
    const int fd = embedded_create(path);
    need(fd > 2, "a file gets the number of a stream that was filled");
    need(embedded_say(EMBEDDED_PRINT, "late\n") == 0, "print to what was filled");
    const int again = open(path, O_RDONLY);
    need(read(again, &found, sizeof found) == 0, "a file gets what was printed");
    need(close(again) == 0 && close(fd) == 0 && unlink(path) == 0, "the end");
}

static void run_child(void) {
    check_untouched("starting");
    check_modules();
    check_streams();
    int least = 0;
    while (least < 3 && !is_closed(least)) {
        ++least;
    }
    check_file(least);
    check_filled();
}

/* The host reads the output of the child here. */
static void hear(int fd, int was_closed, const char* expected) {
    char heard[256] = "";
    size_t size = 0;
    for (ssize_t count; (count = read(fd, heard + size, sizeof heard - 1 - size)) > 0;) {
        size += (size_t)count;
    }
    heard[size] = '\0';
    close(fd);
    if (strcmp(heard, was_closed ? "" : expected) != 0) {
        fprintf(stderr, "heard %s", heard);
        fail("what was said is not what was heard", (int)size);
    }
}

static void start_child(unsigned subset, const int fds[3]) {
    char number[2] = {(char)('0' + subset), '\0'};
    for (int fd = 0; fd < 3; ++fd) {
        dup2(fds[fd], fd);
    }
    for (int fd = 0; fd < 3; ++fd) {
        if ((subset >> fd) & 1U) {
            close(fd);
        }
    }
    execl("/proc/self/exe", "closed", number, directory, (char*)NULL);
    _exit(99);
}

static void run(unsigned subset) {
    int in[2];
    int out[2];
    int err[2];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0 ||
        write(in[1], "text", 4) != 4) {
        fail("no pipes", 0);
    }
    const pid_t child = fork();
    if (child == 0) {
        start_child(subset, (const int[]){in[0], out[1], err[1]});
    }
    close(out[1]);
    close(err[1]);
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        fail("no child", 0);
    }
    if (status != 0) {
        char path[128];
        char what[128] = "it crashed";
        snprintf(path, sizeof path, "%s/failed", directory);
        FILE* file = fopen(path, "r");
        if (file != NULL) {
            what[fread(what, 1, sizeof what - 1, file)] = '\0';
        }
        fprintf(stderr, "closed: subset %u: ", subset);
        fail(what, status);
    }
    hear(out[0], subset & 2U, said_out);
    hear(err[0], subset & 4U, said_err);
    close(in[0]);
    close(in[1]);
}

int main(int argc, char** argv) {
    if (argc == 3) {
        closed = (unsigned)(argv[1][0] - '0');
        directory = argv[2];
        run_child();
        return 0;
    }
    directory = make_directory();
    for (unsigned subset = 0; subset < 8; ++subset) {
        run(subset);
    }
    printf("8 subsets\n");
    return rmdir(directory) == 0 ? 0 : 1;
}
