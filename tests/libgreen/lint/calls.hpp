// SPDX-License-Identifier: MIT
//
// The objects that the calls use: they are ready, so that a call which could block does not.
#pragma once

#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

/// Fails the program if `attempt` is -1, else returns it.
inline int must(int result) {
    if (result == -1) {
        std::perror("lint_calls");
        std::abort();
    }
    return result;
}

struct Descriptor {
    explicit Descriptor(int opened) : number(must(opened)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { ::close(number); }
    operator int() const { return number; }  // NOLINT(google-explicit-constructor)
    int number;
};

/// Two blocking ends, and `text` to be read.
struct Pair {
    explicit Pair(std::array<int, 2> ends) : out(ends[0]), in(ends[1]) {}
    Descriptor out;
    Descriptor in;
};

inline void fill(const Pair& pair, const char* text) {
    const std::string words(text);
    // By syscall(2): the lint must not see this write.
    must(static_cast<int>(::syscall(SYS_write, pair.in.number, words.data(), words.size())));
}

struct Pipe : Pair {
    explicit Pipe(const char* text = "", int flags = 0) : Pair(opened(flags)) { fill(*this, text); }
    static std::array<int, 2> opened(int flags) {
        std::array<int, 2> ends{};
        must(::pipe2(ends.data(), flags));
        return ends;
    }
};

struct Sockets : Pair {
    explicit Sockets(const char* text = "") : Pair(opened()) { fill(*this, text); }
    static std::array<int, 2> opened() {
        std::array<int, 2> ends{};
        must(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()));
        return ends;
    }
};

struct Listener {
    Listener() : socket(::socket(AF_INET, SOCK_STREAM, 0)) {
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t length = sizeof address;
        must(::bind(socket, as_any(), length));
        must(::listen(socket, 8));
        must(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &length));
    }
    const sockaddr* as_any() const { return reinterpret_cast<const sockaddr*>(&address); }

    sockaddr_in address{};
    Descriptor socket;
};

/// A client that has connected, without a call that the lint sees.
struct Client : Descriptor {
    explicit Client(const Listener& listener) : Descriptor(::socket(AF_INET, SOCK_STREAM, 0)) {
        must(static_cast<int>(::syscall(SYS_connect, number, listener.as_any(), sizeof listener.address)));
    }
};

/// A file of its own, without a name.
inline int opened_file() { return ::open("/tmp", O_TMPFILE | O_RDWR, 0600); }

/// A FIFO that is held open.
struct Fifo {
    Fifo() : path("/tmp/green-lint-" + std::to_string(::getpid())) {
        ::unlink(path.c_str());
        must(::mkfifo(path.c_str(), 0600));
        holder = must(::open(path.c_str(), O_RDWR));
    }
    Fifo(const Fifo&) = delete;
    Fifo& operator=(const Fifo&) = delete;
    ~Fifo() {
        ::close(holder);
        ::unlink(path.c_str());
    }
    std::string path;
    int holder = -1;
};

/// A child process that exits with 3.
inline pid_t child() {
    const pid_t process = must(::fork());
    if (process == 0) {
        ::_exit(3);
    }
    return process;
}

/// SIGUSR1, blocked and pending for the calling thread.
struct Pending {
    Pending() {
        sigemptyset(&signals);
        sigaddset(&signals, SIGUSR1);
        ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        ::pthread_kill(::pthread_self(), SIGUSR1);
    }
    const sigset_t* get() const { return &signals; }
    sigset_t signals{};
};

/// A closure that returns, on another thread, once the thread that made it sleeps.
inline auto until_asleep() {
    return [thread = ::gettid()] {
        for (char state = 'R'; state != 'S';) {
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
            std::ifstream file("/proc/self/task/" + std::to_string(thread) + "/stat");
            const std::string line(std::istreambuf_iterator<char>(file), {});
            state = line.at(line.rfind(')') + 2);
        }
    };
}

/// errno of the current native thread. In functions of their own, since a compiler keeps errno's address for as long as
/// a function runs.
[[gnu::noinline]] inline int get_errno() { return errno; }
[[gnu::noinline]] inline void set_errno(int error) { errno = error; }

/// A time of CLOCK_REALTIME that has passed.
inline constexpr timespec passed{.tv_sec = 1, .tv_nsec = 0};
inline constexpr timespec no_time{};
inline constexpr timespec short_time{.tv_sec = 0, .tv_nsec = 1000};
