// SPDX-License-Identifier: MIT
//
// child: the program that a test starts to learn what a new process inherits. It does not link weld.
//
//   child argv ...        prints its arguments, each in brackets, one per line
//   child env             prints its environment variables, one per line
//   child fds             prints its open descriptors, one per line, including 0 to 2
//   child signals         prints its blocked signals, then its ignored ones, one per line
//   child ids             prints user, group, supplementary groups; process group and session; one per line
//   child cwd             prints its current directory
//   child exit N          exits with N
//   child die N           kills itself with signal N
//   child cat             copies its input to its output
//   child flood BYTES     writes so many bytes to standard error, then as many to standard output
//   child finish N BYTES  closes descriptor N (1 or 2), then writes so many bytes to the other one
//   child leave           leaves a process behind that holds its streams until its input ends; prints "left"
//   child until-eof       waits for the end of its input, then prints "ended"
//   child stubborn        ignores SIGTERM, prints "ready", and waits
//   child wait            prints "ready", and waits
//   child read N          prints what it reads from descriptor N
//   child write N TEXT    writes TEXT to descriptor N
//   child both            writes "out" to standard output and "err" to standard error
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

extern char** environ;

namespace {

void copy(int from, int to) {
    char buffer[4096];
    for (ssize_t count; (count = ::read(from, buffer, sizeof buffer)) > 0;) {
        if (::write(to, buffer, static_cast<std::size_t>(count)) != count) {
            ::_exit(9);
        }
    }
}

void say(int fd, std::string_view text) {
    if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        ::_exit(9);
    }
}

void flood(int fd, std::size_t size) {
    const std::string text(size, fd == STDERR_FILENO ? 'e' : 'o');
    for (std::size_t done = 0; done < size;) {
        const ssize_t count = ::write(fd, text.data() + done, size - done);
        if (count <= 0) {
            ::_exit(9);
        }
        done += static_cast<std::size_t>(count);
    }
}

/// Ends one stream long before the other.
void finish(int fd, std::size_t size) {
    ::close(fd);
    flood(fd == STDOUT_FILENO ? STDERR_FILENO : STDOUT_FILENO, size);
}

/// Leaves behind a process that holds the streams of this one.
void leave() {
    say(STDOUT_FILENO, "left");
    if (::fork() == 0) {
        copy(STDIN_FILENO, ::open("/dev/null", O_WRONLY | O_CLOEXEC));
        ::_exit(0);
    }
}

void print_descriptors() {
    DIR* const list = ::opendir("/proc/self/fd");
    while (const dirent* const entry = ::readdir(list)) {
        if (entry->d_name[0] != '.' && std::atoi(entry->d_name) != ::dirfd(list)) {
            std::puts(entry->d_name);
        }
    }
    ::closedir(list);
}

void print_signals() {
    sigset_t blocked;
    ::sigprocmask(SIG_SETMASK, nullptr, &blocked);
    for (int number = 1; number < 65; ++number) {
        if (::sigismember(&blocked, number) == 1) {
            std::printf("blocked %d\n", number);
        }
        struct sigaction action{};
        if (::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
            std::printf("ignored %d\n", number);
        }
    }
}

void print_ids() {
    std::printf("uid %u %u\ngid %u %u\ngroups", ::getuid(), ::geteuid(), ::getgid(), ::getegid());
    std::vector<gid_t> groups(static_cast<std::size_t>(::getgroups(0, nullptr)));
    const int count = ::getgroups(static_cast<int>(groups.size()), groups.data());
    for (int i = 0; i < count; ++i) {
        std::printf(" %u", groups[static_cast<std::size_t>(i)]);
    }
    const bool leads_group = ::getpgrp() == ::getpid();
    std::printf("\n%s group\n%s session\n", leads_group ? "own" : "other", ::getsid(0) == ::getpid() ? "own" : "other");
}

[[noreturn]] void wait_for_ever() {
    say(STDOUT_FILENO, "ready\n");
    for (;;) {
        ::pause();
    }
}

int talk(std::string_view verb, char** arguments) {
    const char* const first = *arguments != nullptr ? *arguments : "";
    if (verb == "argv") {
        for (; *arguments != nullptr; ++arguments) {
            std::printf("[%s]\n", *arguments);
        }
    } else if (verb == "env") {
        for (char** variable = ::environ; *variable != nullptr; ++variable) {
            std::puts(*variable);
        }
    } else if (verb == "fds") {
        print_descriptors();
    } else if (verb == "signals") {
        print_signals();
    } else if (verb == "ids") {
        print_ids();
    } else if (verb == "cwd") {
        char path[4096];
        std::puts(::getcwd(path, sizeof path) != nullptr ? path : "?");
    } else if (verb == "exit") {
        return std::atoi(first);
    } else if (verb == "die") {
        ::signal(std::atoi(first), SIG_DFL);
        ::raise(std::atoi(first));
    } else if (verb == "cat") {
        copy(STDIN_FILENO, STDOUT_FILENO);
    } else if (verb == "flood") {
        flood(STDERR_FILENO, static_cast<std::size_t>(std::atol(first)));
        flood(STDOUT_FILENO, static_cast<std::size_t>(std::atol(first)));
    } else if (verb == "finish") {
        finish(std::atoi(first), static_cast<std::size_t>(std::atol(arguments[1])));
    } else if (verb == "leave") {
        leave();
    } else if (verb == "until-eof") {
        copy(STDIN_FILENO, ::open("/dev/null", O_WRONLY | O_CLOEXEC));
        say(STDOUT_FILENO, "ended");
    } else if (verb == "stubborn") {
        ::signal(SIGTERM, SIG_IGN);
        wait_for_ever();
    } else if (verb == "wait") {
        wait_for_ever();
    } else if (verb == "read") {
        copy(std::atoi(first), STDOUT_FILENO);
    } else if (verb == "write") {
        say(std::atoi(first), arguments[1]);
    } else if (verb == "both") {
        say(STDOUT_FILENO, "out");
        say(STDERR_FILENO, "err");
    } else {
        return 2;
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv) { return argc > 1 ? talk(argv[1], argv + 2) : 2; }
