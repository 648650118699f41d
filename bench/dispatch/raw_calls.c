// SPDX-License-Identifier: MIT
//
// raw_calls: the dispatch race by the system's calls; a line is printed through stdio.
//
// The baseline of the race.

#include "dispatch/silence.h"
#include "files/input.h"

static int opened(const char* path, int flags) {
    int fd = open(path, flags | O_CLOEXEC);
    if (fd < 0) {
        contender_die(path);
    }
    return fd;
}

static struct outcome read_byte(const struct work* work, size_t block) {
    int fd = opened("/dev/zero", O_RDONLY);
    char* buffer = input_buffer(block);
    uint64_t sum = 0;
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        ssize_t count = read(fd, buffer, block);
        if (count <= 0) {
            contender_die("read");
        }
        sum += (uint64_t)count;
    }
    return (struct outcome){work->ops, contender_now() - start, sum};
}

static struct outcome write_byte(const struct work* work, size_t block) {
    int fd = opened("/dev/null", O_WRONLY);
    char* buffer = input_buffer(block);
    uint64_t sum = 0;
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        ssize_t count = write(fd, buffer, block);
        if (count <= 0) {
            contender_die("write");
        }
        sum += (uint64_t)count;
    }
    return (struct outcome){work->ops, contender_now() - start, sum};
}

static struct outcome look_up(const struct work* work, size_t block) {
    (void)block;
    uint64_t sum = 0;
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        struct stat st;
        sum += stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode);
    }
    return (struct outcome){work->ops, contender_now() - start, sum};
}

static struct outcome fail(const struct work* work, size_t block) {
    (void)block;
    uint64_t sum = 0;
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        struct stat st;
        sum += stat("/nowhere", &st) != 0;
    }
    return (struct outcome){work->ops, contender_now() - start, sum};
}

static struct outcome open_close(const struct work* work, size_t block) {
    (void)block;
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        close(opened("/dev/null", O_RDONLY));
    }
    return (struct outcome){work->ops, contender_now() - start, work->ops};
}

static struct outcome print(const struct work* work, size_t block) {
    (void)block;
    int kept = silence_begin();
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        if (fwrite("hello, world\n", 1, 13, stdout) != 13 || fflush(stdout) != 0) {
            contender_die("fwrite");
        }
    }
    uint64_t ns = contender_now() - start;
    silence_end(kept);
    return (struct outcome){work->ops, ns, work->ops};
}

int main(int argc, char** argv) {
    const struct operation operations[] = {
        {"read", read_byte, 1}, {"write", write_byte, 1},      {"stat", look_up, 0},
        {"fail", fail, 0},      {"open-close", open_close, 0}, {"print", print, 0},
    };
    return input_main(argc, argv, operations, sizeof operations / sizeof *operations);
}
