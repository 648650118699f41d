// SPDX-License-Identifier: MIT
//
// raw_calls: the files race as a C program writes it, by the system's calls.
//
// The baseline of the race.

#include <dirent.h>

#include "input.h"

static int opened(const char* path, int flags) {
    int fd = open(path, flags | O_CLOEXEC, 0666);
    if (fd < 0) {
        contender_die(path);
    }
    return fd;
}

static void rewind_at_end(int fd, uint64_t* position) {
    if (*position == INPUT_SIZE) {
        *position = 0;
        if (lseek(fd, 0, SEEK_SET) != 0) {
            contender_die("lseek");
        }
    }
}

static struct outcome read_blocks(const struct work* work, size_t block) {
    int fd = opened(input_path(work, "blocks"), O_RDONLY);
    char* buffer = input_buffer(block);
    uint64_t sum = 0;
    uint64_t position = 0;
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        ssize_t count = read(fd, buffer, block);
        if (count <= 0) {
            contender_die("read");
        }
        sum += (uint64_t)count;
        position += (uint64_t)count;
        rewind_at_end(fd, &position);
    }
    return (struct outcome){work->ops, contender_now() - start, sum};
}

static struct outcome write_blocks(const struct work* work, size_t block) {
    int fd = opened(input_path(work, "blocks"), O_WRONLY);
    char* buffer = input_buffer(block);
    uint64_t sum = 0;
    uint64_t position = 0;
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        ssize_t count = write(fd, buffer, block);
        if (count <= 0) {
            contender_die("write");
        }
        sum += (uint64_t)count;
        position += (uint64_t)count;
        rewind_at_end(fd, &position);
    }
    return (struct outcome){work->ops, contender_now() - start, sum};
}

static struct outcome pread_blocks(const struct work* work, size_t block) {
    int fd = opened(input_path(work, "blocks"), O_RDONLY);
    char* buffer = input_buffer(block);
    uint64_t sum = 0;
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        ssize_t count = pread(fd, buffer, block, (off_t)(sum % INPUT_SIZE));
        if (count <= 0) {
            contender_die("pread");
        }
        sum += (uint64_t)count;
    }
    return (struct outcome){work->ops, contender_now() - start, sum};
}

static struct outcome pwrite_blocks(const struct work* work, size_t block) {
    int fd = opened(input_path(work, "blocks"), O_WRONLY);
    char* buffer = input_buffer(block);
    uint64_t sum = 0;
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        ssize_t count = pwrite(fd, buffer, block, (off_t)(sum % INPUT_SIZE));
        if (count <= 0) {
            contender_die("pwrite");
        }
        sum += (uint64_t)count;
    }
    return (struct outcome){work->ops, contender_now() - start, sum};
}

static struct outcome open_close(const struct work* work, size_t block) {
    (void)block;
    const char* path = input_path(work, "whole");
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        close(opened(path, O_RDONLY));
    }
    return (struct outcome){work->ops, contender_now() - start, work->ops};
}

/// The bytes of the file `path`, which the caller frees.
static char* whole(const char* path, size_t* size) {
    int fd = opened(path, O_RDONLY);
    struct stat st;
    if (fstat(fd, &st) != 0) {
        contender_die(path);
    }
    size_t capacity = (size_t)st.st_size + 1;  // one byte more, so that the read sees the end
    char* bytes = (char*)malloc(capacity);
    *size = 0;
    for (;;) {
        ssize_t count = bytes != NULL ? read(fd, bytes + *size, capacity - *size) : -1;
        if (count < 0) {
            contender_die(path);
        }
        *size += (size_t)count;
        if (count == 0) {
            close(fd);
            return bytes;
        }
        if (*size == capacity) {
            capacity *= 2;
            bytes = (char*)realloc(bytes, capacity);
        }
    }
}

static struct outcome whole_read(const struct work* work, size_t block) {
    (void)block;
    const char* path = input_path(work, "whole");
    uint64_t sum = 0;
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        size_t size;
        free(whole(path, &size));
        sum += size;
    }
    return (struct outcome){work->ops, contender_now() - start, sum};
}

static struct outcome create_remove(const struct work* work, size_t block) {
    (void)block;
    const char* parent = input_path(work, "own");
    char** names = input_names(parent, work->ops);
    uint64_t start = contender_now();
    for (uint64_t op = 0; op < work->ops; ++op) {
        close(opened(names[op], O_WRONLY | O_CREAT | O_TRUNC));
    }
    for (uint64_t op = 0; op < work->ops; ++op) {
        if (unlink(names[op]) != 0) {
            contender_die(names[op]);
        }
    }
    uint64_t ns = contender_now() - start;
    rmdir(parent);
    return (struct outcome){work->ops, ns, work->ops};
}

static void remove_below(int at, const char* name) {
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
        contender_die(name);
    }
    _Alignas(struct dirent64) char records[32 * 1024];
    for (ssize_t size; (size = getdents64(fd, records, sizeof records)) != 0;) {
        if (size < 0) {
            contender_die(name);
        }
        for (ssize_t next = 0; next < size;) {
            const struct dirent64* entry = (const struct dirent64*)(records + next);
            next += entry->d_reclen;
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
                continue;
            }
            if (entry->d_type == DT_DIR) {
                remove_below(fd, entry->d_name);
            } else if (unlinkat(fd, entry->d_name, 0) != 0) {
                contender_die(entry->d_name);
            }
        }
    }
    close(fd);
    if (unlinkat(at, name, AT_REMOVEDIR) != 0) {
        contender_die(name);
    }
}

static struct outcome remove_dir_all(const struct work* work, size_t block) {
    (void)block;
    const char* root = input_path(work, "tree");
    uint64_t entries = input_tree(root, work->ops);
    uint64_t start = contender_now();
    remove_below(AT_FDCWD, root);
    return (struct outcome){entries, contender_now() - start, entries};
}

int main(int argc, char** argv) {
    const struct operation operations[] = {
        {"read-1", read_blocks, 1},         {"read-64k", read_blocks, 65536},     {"write-1", write_blocks, 1},
        {"write-64k", write_blocks, 65536}, {"pread-1", pread_blocks, 1},         {"pread-64k", pread_blocks, 65536},
        {"pwrite-1", pwrite_blocks, 1},     {"pwrite-64k", pwrite_blocks, 65536}, {"open-close", open_close, 0},
        {"whole-read", whole_read, 0},      {"create-remove", create_remove, 0},  {"remove-dir-all", remove_dir_all, 0},
    };
    return input_main(argc, argv, operations, sizeof operations / sizeof *operations);
}
