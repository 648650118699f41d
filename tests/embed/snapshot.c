/* SPDX-License-Identifier: MIT */
/* embed.snapshot: a C program that uses every module of weld and looks at itself before and after.
 *
 * Signal dispositions and mask, umask, resource limits, locale, environment, working directory, threads and
 * open descriptors are the same. Before the first use there is one thread and no signal handler: linking
 * starts nothing. */
#define _GNU_SOURCE
#include "touch.h"

#include <dirent.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

enum { SIGNALS = 64, ENVIRONMENT = 512, DESCRIPTORS = 256 };

struct state {
    void (*handlers[SIGNALS + 1])(int);
    int flags[SIGNALS + 1];
    sigset_t mask;
    mode_t umask;
    struct rlimit limits[RLIM_NLIMITS];
    char locale[512];
    char directory[4096];
    char** environment;
    char* variables[ENVIRONMENT];
    unsigned char open[DESCRIPTORS];
    int threads;
    char name[16];
};

static void fail(const char* what, int number) {
    fprintf(stderr, "snapshot: %s (%d)\n", what, number);
    exit(1);
}

static int count_threads(void) {
    int count = 0;
    DIR* tasks = opendir("/proc/self/task");
    if (tasks == NULL) {
        fail("no /proc/self/task", 0);
    }
    for (struct dirent* task; (task = readdir(tasks)) != NULL;) {
        count += task->d_name[0] != '.';
    }
    closedir(tasks);
    return count;
}

/* A thread that was joined is gone from /proc a moment later. */
static int settled_threads(int expected) {
    int count = count_threads();
    for (int tries = 0; count != expected && tries < 5000; ++tries) {
        const struct timespec moment = {0, 1000000};
        nanosleep(&moment, NULL);
        count = count_threads();
    }
    return count;
}

static void look(struct state* state) {
    memset(state, 0, sizeof *state);
    for (int number = 1; number <= SIGNALS; ++number) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0) {
            state->handlers[number] = action.sa_handler;
            state->flags[number] = action.sa_flags;
        }
    }
    pthread_sigmask(SIG_SETMASK, NULL, &state->mask);
    state->umask = umask(0);
    umask(state->umask);
    for (int limit = 0; limit < (int)RLIM_NLIMITS; ++limit) {
        getrlimit((__rlimit_resource_t)limit, &state->limits[limit]);
    }
    snprintf(state->locale, sizeof state->locale, "%s", setlocale(LC_ALL, NULL));
    if (getcwd(state->directory, sizeof state->directory) == NULL) {
        fail("no working directory", 0);
    }
    state->environment = environ;
    for (int i = 0; i < ENVIRONMENT && environ[i] != NULL; ++i) {
        state->variables[i] = environ[i];
    }
    for (int fd = 0; fd < DESCRIPTORS; ++fd) {
        char path[32];
        char target[64];
        snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        state->open[fd] = readlink(path, target, sizeof target) >= 0;
    }
    state->threads = settled_threads(1);
    pthread_getname_np(pthread_self(), state->name, sizeof state->name);
}

static void compare(const struct state* before, const struct state* after, const char* module) {
    static const char* what;
    what = NULL;
    if (memcmp(before->handlers, after->handlers, sizeof before->handlers) != 0) {
        what = "a signal handler";
    } else if (memcmp(before->flags, after->flags, sizeof before->flags) != 0) {
        what = "the flags of a signal";
    } else if (memcmp(&before->mask, &after->mask, sizeof before->mask) != 0) {
        what = "the signal mask";
    } else if (before->umask != after->umask) {
        what = "the umask";
    } else if (memcmp(before->limits, after->limits, sizeof before->limits) != 0) {
        what = "a resource limit";
    } else if (strcmp(before->locale, after->locale) != 0) {
        what = "the locale";
    } else if (strcmp(before->directory, after->directory) != 0) {
        what = "the working directory";
    } else if (before->environment != after->environment ||
               memcmp(before->variables, after->variables, sizeof before->variables) != 0) {
        what = "the environment";
    } else if (memcmp(before->open, after->open, sizeof before->open) != 0) {
        what = "the open descriptors";
    } else if (before->threads != after->threads) {
        what = "the threads";
    } else if (strcmp(before->name, after->name) != 0) {
        what = "the name of the main thread";
    }
    if (what != NULL) {
        fprintf(stderr, "snapshot: %s changed %s\n", module, what);
        exit(1);
    }
}

static int waiting;
static int foreign_result = -1;

static void* run_foreign(void* nothing) {
    (void)nothing;
    foreign_result = touch_foreign(&waiting);
    return NULL;
}

/* A thread of the host's own uses weld, is woken through it, and ends. */
static int touch_from_foreign(void) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run_foreign, NULL) != 0) {
        return __LINE__;
    }
    while (!__atomic_load_n(&waiting, __ATOMIC_ACQUIRE)) {
        sched_yield();
    }
    touch_wake();
    return pthread_join(thread, NULL) == 0 && foreign_result == 0 ? 0 : __LINE__;
}

static const char* directory;
static int use_fs(void) { return touch_fs(directory); }
static int use_walk(void) { return touch_walk(directory); }

/* The test of this test: each is something that a module must not do. */
static int plant_signal(void) { return signal(SIGUSR1, SIG_IGN) == SIG_ERR; }
static int plant_umask(void) { return umask(0123) == 0123; }
static int plant_descriptor(void) { return dup(0) < 0; }
static int plant_environment(void) { return setenv("WELD_PLANTED", "1", 1); }
static void* stay(void* nothing) {
    pause();
    return nothing;
}
static int plant_thread(void) {
    pthread_t thread;
    return pthread_create(&thread, NULL, stay, NULL);
}

static const struct module {
    const char* name;
    int (*use)(void);
} modules[] =
    {{"fs", use_fs},     {"walk", use_walk},     {"thread", touch_thread},   {"time", touch_time},
     {"net", touch_net}, {"print", touch_print}, {"process", touch_process}, {"a foreign thread", touch_from_foreign}},
  planted[] = {{"signal", plant_signal},
               {"umask", plant_umask},
               {"descriptor", plant_descriptor},
               {"environment", plant_environment},
               {"thread", plant_thread}};

static struct state before;
static struct state after;

static void run(const struct module* module) {
    look(&before);
    const int line = module->use();
    if (line != 0) {
        fail(module->name, line);
    }
    look(&after);
    compare(&before, &after, module->name);
}

int main(int argc, char** argv) {
    if (argc == 3 && strcmp(argv[1], "plant") == 0) {
        for (size_t i = 0; i < sizeof planted / sizeof *planted; ++i) {
            if (strcmp(planted[i].name, argv[2]) == 0) {
                run(&planted[i]);
                return 0;
            }
        }
        return 0;
    }
    char place[] = "/tmp/weld-snapshot-XXXXXX";
    directory = mkdtemp(place);
    if (directory == NULL) {
        fail("mkdtemp", 0);
    }
    look(&before);
    if (before.threads != 1) {
        fail("linking alone started threads", before.threads);
    }
    for (int number = 1; number <= SIGNALS; ++number) {
        if (before.handlers[number] != SIG_DFL && before.handlers[number] != SIG_IGN) {
            fail("linking alone handles a signal", number);
        }
    }
    for (size_t i = 0; i < sizeof modules / sizeof *modules; ++i) {
        run(&modules[i]);
    }
    rmdir(directory);
    printf("nothing changed\n");
    return 0;
}
