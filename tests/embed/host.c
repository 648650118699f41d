/* SPDX-License-Identifier: MIT */
/* embed.host.*: a C program that uses weld without any set-up.
 *
 *   host use         every module, from the first thread
 *   host foreign     from a thread that C made, and from several concurrently
 *   host callback    from callbacks on a C library's threads
 *   host records     a thousand threads, each used weld and has ended: no more memory than after a hundred
 *   host sigpipe     every way to write, to a closed peer, under SIGPIPE's default disposition
 */
#define _GNU_SOURCE
#include "host.h"

#include "embedded.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

enum { THREADS = 4 };

static const char* directory;

static int use_all(void) {
    const char* name;
    for (unsigned number = 0; (name = embedded_module(number)) != NULL; ++number) {
        const int line = embedded_use(number, directory);
        if (line != 0) {
            fprintf(stderr, "%s: line %d\n", name, line);
            return 1;
        }
    }
    return 0;
}

static void* run_all(void* failed) {
    *(int*)failed = use_all();
    return NULL;
}

static int waiting;
static int wait_failed;

static void* run_wait(void* nothing) {
    wait_failed = embedded_wait(&waiting);
    return nothing;
}

static pthread_t start(void* (*run)(void*), void* argument) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, argument) != 0) {
        fail("pthread_create", 0);
    }
    return thread;
}

/* A thread of the host sleeps in weld, and another thread of the host wakes it. */
static int wait_and_wake(void) {
    waiting = 0;
    const pthread_t thread = start(run_wait, NULL);
    while (!__atomic_load_n(&waiting, __ATOMIC_ACQUIRE)) {
        sched_yield();
    }
    embedded_wake();
    pthread_join(thread, NULL);
    return wait_failed;
}

static int run_foreign(void) {
    pthread_t threads[THREADS];
    int failed[THREADS];
    if (wait_and_wake() != 0) {
        return 1;
    }
    const int before = count_entries("/proc/self/task"); /* a sanitizer has one of its own from the first thread on */
    for (int at_once = 1; at_once <= THREADS; at_once *= 2) {
        for (int i = 0; i < at_once; ++i) {
            threads[i] = start(run_all, &failed[i]);
        }
        for (int i = 0; i < at_once; ++i) {
            pthread_join(threads[i], NULL);
            if (failed[i]) {
                return 1;
            }
        }
    }
    if (count_threads(before) > before) {
        fail("a thread is left", 0);
    }
    return 0;
}

/* A C library that calls back from its own threads. */
enum { EVENTS = 25 };

struct source {
    int (*on_event)(void*);
    void* data;
    int failed;
};

static void* send_events(void* argument) {
    struct source* source = argument;
    for (int i = 0; i < EVENTS; ++i) {
        const int failed = source->on_event(source->data);
        source->failed = source->failed ? source->failed : failed;
    }
    return NULL;
}

static int run_callback(void) {
    int count = 0;
    pthread_t threads[THREADS];
    struct source sources[THREADS];
    for (int i = 0; i < THREADS; ++i) {
        sources[i] = (struct source){embedded_on_event, &count, 0};
        threads[i] = start(send_events, &sources[i]);
    }
    for (int i = 0; i < THREADS; ++i) {
        pthread_join(threads[i], NULL);
        if (sources[i].failed != 0) {
            fail("a callback failed", sources[i].failed);
        }
    }
    if (count != 2000 * THREADS * EVENTS) {
        fail("the callbacks counted otherwise", count);
    }
    return 0;
}

/* Bytes in use on the heap after `more` threads that used weld have ended. */
static size_t in_use_after(int more) {
    for (int i = 0; i < more; ++i) {
        if (wait_and_wake() != 0) {
            fail("a wait failed", i);
        }
    }
    return mallinfo2().uordblks;
}

static int run_records(int planted) {
    mallopt(M_ARENA_MAX, 1);
    const size_t few = in_use_after(100);
    for (int i = 0; planted && i < 900; ++i) {
        leak(64);
    }
    const size_t many = in_use_after(900);
    printf("in use after 100 threads: %zu bytes, after 1000: %zu\n", few, many);
    if (many > few + 4096) {
        fail("a thread that ends leaves its record", (int)(many - few));
    }
    return 0;
}

/* Makes two connected sockets and closes one. Returns the other, to which every write comes too late. */
static int dead_unix_socket(void) {
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        fail("socketpair", 0);
    }
    close(ends[1]);
    return ends[0];
}

static int dead_tcp_socket(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr*)&address, size) != 0 || listen(listener, 1) != 0 ||
        getsockname(listener, (struct sockaddr*)&address, &size) != 0 ||
        connect(client, (struct sockaddr*)&address, size) != 0) {
        fail("no connection", 0);
    }
    close(accept(listener, NULL, NULL));
    close(listener);
    return client;
}

static int dead_pipe(void) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        fail("pipe2", 0);
    }
    close(ends[0]);
    return ends[1];
}

static int planted_signal;

/* Whether SIGPIPE still has its default disposition in this process, and no signal is blocked or pending. */
static int is_untouched(void) {
    struct sigaction action;
    sigset_t mask;
    sigset_t pending;
    sigaction(SIGPIPE, NULL, &action);
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    sigpending(&pending);
    return action.sa_handler == SIG_DFL && sigisemptyset(&mask) && sigisemptyset(&pending);
}

/* How a child ends that writes to `descriptor` in weld's way `number`, or by write(2) if that is negative. */
static int end_of_writing(int number, int descriptor, int target) {
    const pid_t child = fork();
    if (child == 0) {
        if (target >= 0) {
            dup2(descriptor, target);
        }
        if (planted_signal) {
            signal(SIGPIPE, SIG_IGN);
        }
        if (number < 0) {
            for (int tries = 0; tries < 1000; ++tries) {
                (void)!write(target >= 0 ? target : descriptor, "x", 1);
                usleep(1000);
            }
            _exit(9);
        }
        const int failed = embedded_write((unsigned)number, descriptor);
        _exit(failed ? failed & 0xff : is_untouched() ? 0 : 8);
    }
    int status = -1;
    if (child < 0 || waitpid(child, &status, 0) != child) {
        fail("no child", 0);
    }
    close(descriptor);
    return status;
}

static const struct {
    const char* name;
    int (*make)(void);
    int target;
} peers[] = {{"socket", dead_tcp_socket, -1},
             {"socket", dead_unix_socket, -1},
             {"pipe", dead_pipe, -1},
             {"stdout", dead_pipe, STDOUT_FILENO},
             {"stderr", dead_pipe, STDERR_FILENO}};

/* print and eprint use libc's streams: they end a process as printf does, and return EPIPE where SIGPIPE is ignored. */
static void check_print(enum embedded_stream stream, int target) {
    for (int ignored = 0; ignored < 2; ++ignored) {
        const int descriptor = dead_pipe();
        int status = -1;
        const pid_t child = fork();
        if (child == 0) {
            dup2(descriptor, target);
            signal(SIGPIPE, ignored ? SIG_IGN : SIG_DFL);
            _exit(embedded_say(stream, "nobody reads this\n"));
        }
        close(descriptor);
        if (child < 0 || waitpid(child, &status, 0) != child ||
            (ignored ? !WIFEXITED(status) || WEXITSTATUS(status) != EPIPE : WTERMSIG(status) != SIGPIPE)) {
            fail("print is not as printf", status);
        }
    }
}

static int run_sigpipe(int planted) {
    int ways = 0;
    signal(SIGPIPE, SIG_DFL);
    fflush(stdout);
    for (size_t i = 0; i < sizeof peers / sizeof *peers; ++i) {
        const int by_libc = end_of_writing(-1, peers[i].make(), peers[i].target);
        if (!WIFSIGNALED(by_libc) || WTERMSIG(by_libc) != SIGPIPE) {
            fail("write(2) does not end its process, so this proves nothing", by_libc);
        }
        planted_signal = planted;
        const char* name;
        for (unsigned number = 0; (name = embedded_writer(number)) != NULL; ++number) {
            if (strncmp(name, peers[i].name, strlen(peers[i].name)) != 0) {
                continue;
            }
            const int status = end_of_writing((int)number, peers[i].make(), peers[i].target);
            if (status != 0) {
                fprintf(stderr, "%s, peer %zu: ", name, i);
                fail(WIFSIGNALED(status) ? "died of a signal" : "another error, or SIGPIPE is another", status);
            }
            ++ways;
        }
        planted_signal = 0;
    }
    check_print(EMBEDDED_PRINT, STDOUT_FILENO);
    check_print(EMBEDDED_EPRINT, STDERR_FILENO);
    printf("%d ways to write, none a signal\n", ways);
    return ways >= 30 ? 0 : 1;
}

int main(int argc, char** argv) {
    const char* what = argc > 1 ? argv[1] : "";
    const int planted = argc > 2 && strcmp(argv[2], "plant") == 0;
    directory = make_directory();
    int failed = 2;
    if (strcmp(what, "use") == 0) {
        failed = use_all();
    } else if (strcmp(what, "foreign") == 0) {
        failed = run_foreign();
    } else if (strcmp(what, "callback") == 0) {
        failed = run_callback();
    } else if (strcmp(what, "records") == 0) {
        failed = run_records(planted);
    } else if (strcmp(what, "sigpipe") == 0) {
        failed = run_sigpipe(planted);
    }
    if (rmdir(directory) != 0) {
        fail("something was left in the directory", 0);
    }
    return failed;
}
