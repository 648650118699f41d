// SPDX-License-Identifier: MIT
//
// raw_readdir: the walk race as a C program writes it: openat, fdopendir, readdir, fstatat by name.
//
// The baseline of the race. The root is an entry too; every entry is read relative to the file descriptor of its
// directory; symbolic links are not followed. A directory that cannot be opened still has metadata: it is counted, then
// counted as failed, and the walk continues. Nothing is allocated but by fdopendir for each directory.

#include <dirent.h>

#include "contender.h"

static void visit(int parent, const char* name, struct contender_totals* totals);

static bool is_dot(const char* name) {
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

static void visit_entries(int parent, const char* name, struct contender_totals* totals) {
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR* directory = fd < 0 ? NULL : fdopendir(fd);
    if (directory == NULL) {
        totals->failed += 1;
        if (fd >= 0) {
            close(fd);
        }
        return;
    }
    const struct dirent* entry;
    while ((entry = readdir(directory)) != NULL) {
        if (!is_dot(entry->d_name)) {
            visit(fd, entry->d_name, totals);
        }
    }
    closedir(directory);
}

static void visit(int parent, const char* name, struct contender_totals* totals) {
    struct stat st;
    if (fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
        totals->failed += 1;
        return;
    }
    contender_add(totals, (uint64_t)st.st_size, st.st_ino, S_ISREG(st.st_mode));
    if (S_ISDIR(st.st_mode)) {
        visit_entries(parent, name, totals);
    }
}

int main(int argc, char** argv) {
    struct contender_options options = contender_options(argc, argv);
    struct contender_totals totals = {0};

    uint64_t start = contender_now();
    for (size_t pass = 0; pass < options.repeat; ++pass) {
        visit(AT_FDCWD, options.input, &totals);
    }
    uint64_t ns = contender_now() - start;

    contender_print(&totals, totals.count, ns, CONTENDER_GIVES_ALL);
    return 0;
}
