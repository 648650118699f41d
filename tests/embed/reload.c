/* SPDX-License-Identifier: MIT */
/* embed.reload: a C program opens a library over weld, uses it and closes it, a thousand times.
 *
 *   reload LIBRARY              uses every module in each round, the last one in a thread that ends
 *   reload LIBRARY pinned       a living thread's record keeps the library loaded until the thread ends
 *   reload LIBRARY plant WHAT   leaves something behind in each round
 *
 * After each round the library is unloaded. After a thousand rounds the process has the threads, file descriptors and
 * mappings that it had after a hundred, and its memory has not grown. Then it exits, and no code that runs at its exit
 * belongs to the library. */
#define _GNU_SOURCE
#include "loaded.h"

#include <fcntl.h>
#include <malloc.h>
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>

/* The growth that is allowed between FEW and MANY rounds. libc keeps stacks of ended threads, and the number needed at
 * once is random; so are the end of its heap, and its memory while a joined thread exits. A leak in each of nine
 * hundred rounds is larger. */
enum { FEW = 100, MANY = 1000, MAPPINGS = 16, KILOBYTES = 512, HEAP_KILOBYTES = 32 };

struct size {
    int threads;
    int descriptors;
    int mappings;
    int kilobytes;
    int heap;
};

static int count_lines(const char* path) {
    FILE* file = fopen(path, "re");
    int lines = 0;
    for (int c; (c = fgetc(file)) != EOF;) {
        lines += c == '\n';
    }
    fclose(file);
    return lines;
}

static int resident(void) {
    FILE* file = fopen("/proc/self/statm", "re");
    long pages = 0;
    if (fscanf(file, "%*d %ld", &pages) != 1) {
        fail("/proc/self/statm", 0);
    }
    fclose(file);
    return (int)(pages * sysconf(_SC_PAGESIZE) / 1024);
}

static struct size look(int round) {
    const struct size size = {
        .threads = count_threads(1),
        .descriptors = count_entries("/proc/self/fd"),
        .mappings = count_lines("/proc/self/maps"),
        .kilobytes = resident(),
        .heap = (int)(mallinfo2().uordblks / 1024),
    };
    printf("after %4d rounds: %d threads, %d descriptors, %d mappings, %d KiB, %d KiB of them in use on the heap\n",
           round, size.threads, size.descriptors, size.mappings, size.kilobytes, size.heap);
    return size;
}

static const char* path;
static const char* directory;

static void use(struct library library, unsigned number) {
    const int line = library.use(number, directory);
    if (line != 0) {
        fail(library.module(number), line);
    }
}

static void* use_last(void* library) {
    use(*(struct library*)library, last_module(*(struct library*)library));
    return NULL;
}

static void use_everything(struct library library) {
    for (unsigned number = 0; number < last_module(library); ++number) {
        use(library, number);
    }
    pthread_t thread;
    if (pthread_create(&thread, NULL, use_last, &library) != 0) {
        fail("pthread_create", 0);
    }
    pthread_join(thread, NULL);
}

static void* stay(void* nothing) {
    pause();
    return nothing;
}

static void leave(const char* what) {
    pthread_t thread;
    if (strcmp(what, "memory") == 0) {
        leak(64);
    } else if (strcmp(what, "page") == 0) {
        memset(mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), 1, 4096);
    } else if (strcmp(what, "mapping") == 0) {
        /* With other protection than its neighbour, or the kernel would merge the two mappings. */
        static int odd;
        mmap(NULL, 4096, (odd ^= 1) ? PROT_READ : PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    } else if (strcmp(what, "descriptor") == 0) {
        static int left;
        left = left == 0 ? open("/dev/null", O_RDONLY | O_CLOEXEC) : left;
        left = dup(left) > 900 ? 0 : left;
    } else if (strcmp(what, "thread") == 0) {
        static int round;
        if (++round > FEW && round < FEW + 5) {
            pthread_create(&thread, NULL, stay, NULL);
        }
    } else if (strcmp(what, "handle") == 0) {
        dlopen(path, RTLD_NOW);
    }
}

static void compare(struct size few, struct size many) {
    if (many.threads != few.threads) {
        fail("reload: thread left", many.threads);
    }
    if (many.descriptors != few.descriptors) {
        fail("reload: descriptor left", many.descriptors);
    }
    if (many.mappings > few.mappings + MAPPINGS) {
        fail("reload: mapping left", many.mappings);
    }
    if (many.kilobytes > few.kilobytes + KILOBYTES) {
        fail("reload: page left", many.kilobytes);
    }
    if (many.heap > few.heap + HEAP_KILOBYTES) {
        fail("reload: memory left", many.heap);
    }
}

static void run_rounds(const char* planted) {
    mallopt(M_ARENA_MAX, 1);
    struct size few = {0};
    for (int round = 1; round <= MANY; ++round) {
        const struct library library = open_library(path);
        if (planted == NULL) {
            use_everything(library);
        } else {
            leave(planted);
        }
        close_library(library);
        if (is_loaded(path)) {
            fail("reload: handle left", round);
        }
        if (round == FEW) {
            few = look(round);
        }
    }
    compare(few, look(MANY));
}

struct holder {
    struct library library;
    sem_t has_used;
    sem_t may_end;
};

static void* use_and_stay(void* argument) {
    struct holder* holder = argument;
    use(holder->library, last_module(holder->library));
    sem_post(&holder->has_used);
    sem_wait(&holder->may_end);
    return NULL;
}

static void run_pinned(void) {
    struct holder holder = {.library = open_library(path)};
    sem_init(&holder.has_used, 0, 0);
    sem_init(&holder.may_end, 0, 0);
    pthread_t thread;
    if (pthread_create(&thread, NULL, use_and_stay, &holder) != 0) {
        fail("pthread_create", 0);
    }
    sem_wait(&holder.has_used);
    close_library(holder.library);
    if (!is_loaded(path)) {
        fail("a thread's record ends in what is gone", 0);
    }
    const struct library again = open_library(path);
    close_library(again);
    if (again.handle != holder.library.handle) {
        fail("the library is there twice", 0);
    }
    sem_post(&holder.may_end);
    pthread_join(thread, NULL);
    (void)is_loaded(path);
    if (is_loaded(path)) {
        fail("the record of a thread that ended keeps the library", 0);
    }
    const struct library library = open_library(path);
    use(library, last_module(library));
    close_library(library);
    if (!is_loaded(path)) {
        fail("the first thread's record ends in what is gone", 0);
    }
    printf("kept as long as a record was\n");
}

int main(int argc, char** argv) {
    if (argc < 2) {
        return 2;
    }
    path = argv[1];
    directory = make_directory();
    if (argc == 3 && strcmp(argv[2], "pinned") == 0) {
        run_pinned();
    } else {
        run_rounds(argc == 4 ? argv[3] : NULL);
    }
    rmdir(directory);
    return 0;
}
