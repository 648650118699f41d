/* SPDX-License-Identifier: MIT */
/* embed.snapshot: a C program that opens a library over weld, uses every module of it, closes it, and compares its own
 * process state before and after each step.
 *
 *   snapshot LIBRARY              the process-wide state is unchanged: see `fields`
 *   snapshot LIBRARY plant WHAT   the test of this test: changes the field WHAT, which the comparison must notice
 */
#define _GNU_SOURCE
#define __STDC_WANT_IEC_60559_BFP_EXT__
#include "loaded.h"

#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>

extern char** environ;

enum { SIGNALS = 64, ENVIRONMENT = 512, DESCRIPTORS = 256, TEXT = 512, PRCTLS = 4 };

struct state {
    struct {
        void (*handler)(int);
        int flags;
        unsigned long long mask;
    } signals[SIGNALS + 1];
    struct {
        unsigned long long blocked;
        unsigned long long pending;
    } mask;
    stack_t stack;
    mode_t umask;
    struct rlimit limits[RLIM_NLIMITS];
    struct {
        char all[TEXT];
        locale_t of_thread;
    } locale;
    char directory[4096];
    struct {
        char** list;
        char* variables[ENVIRONMENT];
        size_t sum;
    } environment;
    struct {
        int flags;
        int status;
    } descriptors[DESCRIPTORS];
    int threads;
    char name[16];
    femode_t arithmetic;
    struct {
        struct itimerval of_process[3];
        char others[TEXT];
    } timers;
    int priority[2];
    cpu_set_t affinity;
    int attributes[PRCTLS];
    int ends[4];
};

#define FIELD(member) {#member, offsetof(struct state, member), sizeof(((struct state*)0)->member)}
static const struct {
    const char* name;
    size_t offset;
    size_t size;
} fields[] = {FIELD(signals),    FIELD(mask),       FIELD(stack),       FIELD(umask),       FIELD(limits),
              FIELD(locale),     FIELD(directory),  FIELD(environment), FIELD(descriptors), FIELD(threads),
              FIELD(name),       FIELD(arithmetic), FIELD(timers),      FIELD(priority),    FIELD(affinity),
              FIELD(attributes), FIELD(ends)};

/* Registrations of code that runs later: at exit, at quick_exit, at fork, at a thread's end. The program replaces
 * libc's functions and counts; registrations that the C++ library makes for itself while it is loaded are not weld's.
 * */
static int ends[4];
static int is_loading;

static void count_end(int kind, void* whose) {
    Dl_info info;
    if (is_loading && dladdr(whose, &info) != 0 && strstr(info.dli_fname, "libstdc++") != NULL) {
        return;
    }
    ++ends[kind];
}

#define NEXT(name) (*(void**)& next = dlsym(RTLD_NEXT, name))

int __cxa_atexit(void (*end)(void*), void* argument, void* library) {
    int (*next)(void (*)(void*), void*, void*);
    count_end(0, library);
    NEXT("__cxa_atexit");
    return next(end, argument, library);
}

int on_exit(void (*end)(int, void*), void* argument) {
    int (*next)(void (*)(int, void*), void*);
    count_end(0, __builtin_return_address(0));
    NEXT("on_exit");
    return next(end, argument);
}

int __cxa_at_quick_exit(void (*end)(void*), void* library) {
    int (*next)(void (*)(void*), void*);
    count_end(1, library);
    NEXT("__cxa_at_quick_exit");
    return next(end, library);
}

int __register_atfork(void (*before)(void), void (*parent)(void), void (*child)(void), void* library) {
    int (*next)(void (*)(void), void (*)(void), void (*)(void), void*);
    count_end(2, library);
    NEXT("__register_atfork");
    return next(before, parent, child, library);
}

int pthread_key_create(pthread_key_t* key, void (*end)(void*)) {
    int (*next)(pthread_key_t*, void (*)(void*));
    count_end(3, __builtin_return_address(0));
    NEXT("pthread_key_create");
    return next(key, end);
}

static void read_file(const char* path, char* text) {
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        (void)!read(fd, text, TEXT);
        close(fd);
    }
}

/* A signal set as bits: libc's set has room for more signals than exist, and leaves garbage there. */
static unsigned long long bits(const sigset_t* set) {
    unsigned long long bits = 0;
    for (int number = 1; number <= SIGNALS; ++number) {
        bits |= sigismember(set, number) == 1 ? 1ULL << (number - 1) : 0;
    }
    return bits;
}

static void look_at_signals(struct state* state) {
    sigset_t set;
    for (int number = 1; number <= SIGNALS; ++number) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0) {
            state->signals[number].handler = action.sa_handler;
            state->signals[number].flags = action.sa_flags;
            state->signals[number].mask = bits(&action.sa_mask);
        }
    }
    pthread_sigmask(SIG_SETMASK, NULL, &set);
    state->mask.blocked = bits(&set);
    sigpending(&set);
    state->mask.pending = bits(&set);
    sigaltstack(NULL, &state->stack);
}

static void look_at_environment(struct state* state) {
    state->environment.list = environ;
    for (int i = 0; i < ENVIRONMENT && environ[i] != NULL; ++i) {
        state->environment.variables[i] = environ[i];
        for (const char* text = environ[i]; *text != '\0'; ++text) {
            state->environment.sum = state->environment.sum * 31 + (unsigned char)*text;
        }
    }
}

static void look_at_timers(struct state* state) {
    for (int which = 0; which < 3; ++which) {
        getitimer((__itimer_which_t)which, &state->timers.of_process[which]);
        state->timers.of_process[which].it_value.tv_usec = 0; /* which runs */
    }
    read_file("/proc/self/timers", state->timers.others);
}

static void look(struct state* state) {
    static const int attributes[PRCTLS] = {PR_GET_DUMPABLE, PR_GET_TIMERSLACK, PR_GET_NO_NEW_PRIVS, PR_GET_KEEPCAPS};
    memset(state, 0, sizeof *state);
    look_at_signals(state);
    look_at_environment(state);
    look_at_timers(state);
    state->umask = umask(0);
    umask(state->umask);
    for (int limit = 0; limit < (int)RLIM_NLIMITS; ++limit) {
        getrlimit((__rlimit_resource_t)limit, &state->limits[limit]);
    }
    snprintf(state->locale.all, TEXT, "%s", setlocale(LC_ALL, NULL));
    state->locale.of_thread = uselocale((locale_t)0);
    if (getcwd(state->directory, sizeof state->directory) == NULL) {
        fail("no working directory", 0);
    }
    for (int fd = 0; fd < DESCRIPTORS; ++fd) {
        state->descriptors[fd].flags = fcntl(fd, F_GETFD);
        state->descriptors[fd].status = fcntl(fd, F_GETFL);
    }
    state->threads = count_threads(1);
    pthread_getname_np(pthread_self(), state->name, sizeof state->name);
    feclearexcept(FE_ALL_EXCEPT); /* any sum may raise one */
    fegetmode(&state->arithmetic);
    state->priority[0] = getpriority(PRIO_PROCESS, 0);
    state->priority[1] = sched_getscheduler(0);
    sched_getaffinity(0, sizeof state->affinity, &state->affinity);
    for (int i = 0; i < PRCTLS; ++i) {
        state->attributes[i] = prctl(attributes[i]);
    }
    memcpy(state->ends, ends, sizeof ends);
}

static struct state before;
static struct state after;

static void compare(const char* step) {
    look(&after);
    for (size_t i = 0; i < sizeof fields / sizeof *fields; ++i) {
        if (memcmp((char*)&before + fields[i].offset, (char*)&after + fields[i].offset, fields[i].size) != 0) {
            fprintf(stderr, "snapshot: %s changed %s\n", step, fields[i].name);
            exit(1);
        }
    }
}

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

static void* stay(void* nothing) {
    pause();
    return nothing;
}
static void end_nothing(void) {}
static void end_key(void* nothing) { (void)nothing; }

/* Changes the field `what`, which no module may do. */
static void plant(const char* what) {
    static char stack[65536];
    const struct itimerval hour = {.it_value = {3600, 0}};
    const stack_t other = {.ss_sp = stack, .ss_size = sizeof stack};
    struct rlimit limit;
    sigset_t set;
    pthread_t thread;
    pthread_key_t key;
    sigemptyset(&set);
    sigaddset(&set, SIGPIPE);
    getrlimit(RLIMIT_CORE, &limit);
    limit.rlim_cur = limit.rlim_cur == 0 ? limit.rlim_max : 0;
#define PLANT(name, action)        \
    if (strcmp(what, name) == 0) { \
        (void)!(action);           \
    }
    PLANT("signals", signal(SIGPIPE, SIG_IGN) == SIG_ERR)
    PLANT("mask", pthread_sigmask(SIG_BLOCK, &set, NULL))
    PLANT("stack", sigaltstack(&other, NULL))
    PLANT("umask", umask(0123))
    PLANT("limits", setrlimit(RLIMIT_CORE, &limit))
    PLANT("locale", setlocale(LC_ALL, "C.UTF-8") == NULL)
    PLANT("directory", chdir("/"))
    PLANT("environment", setenv("WELD_PLANTED", "1", 1))
    PLANT("descriptors", fcntl(0, F_SETFL, fcntl(0, F_GETFL) ^ O_NONBLOCK))
    PLANT("threads", pthread_create(&thread, NULL, stay, NULL))
    PLANT("name", pthread_setname_np(pthread_self(), "planted"))
    PLANT("arithmetic", fesetround(FE_UPWARD))
    PLANT("timers", setitimer(ITIMER_VIRTUAL, &hour, NULL))
    PLANT("priority", setpriority(PRIO_PROCESS, 0, getpriority(PRIO_PROCESS, 0) + 1))
    PLANT("attributes", prctl(PR_SET_TIMERSLACK, 12345))
    PLANT("ends", atexit(end_nothing))
    PLANT("ends.quick", at_quick_exit(end_nothing))
    PLANT("ends.fork", pthread_atfork(end_nothing, NULL, NULL))
    PLANT("ends.thread", pthread_key_create(&key, end_key))
}

int main(int argc, char** argv) {
    if (argc < 2) {
        return 2;
    }
    if (argc == 4) {
        look(&before);
        plant(argv[3]);
        compare(argv[3]);
        return 0;
    }
    directory = make_directory();
    look(&before);
    is_loading = 1;
    const struct library library = open_library(argv[1]);
    is_loading = 0;
    compare("opening");
    for (unsigned number = 0; number < last_module(library); ++number) {
        use(library, number);
        compare(library.module(number));
    }
    pthread_t thread;
    if (pthread_create(&thread, NULL, use_last, (void*)&library) != 0 || pthread_join(thread, NULL) != 0) {
        fail("no thread", 0);
    }
    compare("the last module");
    close_library(library);
    compare("closing");
    if (before.threads != 1 || is_loaded(argv[1]) || rmdir(directory) != 0) {
        fail("something is left", before.threads);
    }
    printf("nothing changed\n");
    return 0;
}
