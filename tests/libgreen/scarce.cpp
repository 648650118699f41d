// SPDX-License-Identifier: MIT
//
// The first I/O of a process with almost no resources. Each case is in a child process of its own, since libuv makes
// what it needs only once.
#include <support/words.hpp>

#include <green/net.hpp>
#include <green/offload.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

using namespace std::chrono_literals;
using green::net::TcpListener;
using test::must;
using weld::Kind;
namespace thread = green::thread;

namespace {

constexpr int right = 0;

/// Opens descriptors until only `left` more can be had, and returns them.
std::vector<int> take_descriptors(int left) {
    const rlimit few{.rlim_cur = 64, .rlim_max = 64};
    (void)::setrlimit(RLIMIT_NOFILE, &few);
    std::vector<int> taken;
    for (int fd; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) {
        taken.push_back(fd);
    }
    for (int i = 0; i < left; ++i) {
        ::close(taken.back());
        taken.pop_back();
    }
    return taken;
}

/// Limits the address space to what is mapped now and `left` bytes more.
void take_address_space(std::size_t left) {
    std::size_t pages = 0;
    if (FILE* statm = std::fopen("/proc/self/statm", "r"); statm != nullptr) {
        (void)!std::fscanf(statm, "%zu", &pages);
        std::fclose(statm);
    }
    const rlim_t limit = pages * 4096 + left;
    const rlimit little{.rlim_cur = limit, .rlim_max = limit};
    (void)::setrlimit(RLIMIT_AS, &little);
}

/// Bytes of a thread's stack.
std::size_t default_stack() {
    pthread_attr_t attributes;
    (void)::pthread_attr_init(&attributes);
    std::size_t size = 0;
    (void)::pthread_attr_getstacksize(&attributes, &size);
    (void)::pthread_attr_destroy(&attributes);
    return size;
}

}  // namespace

TEST_CASE("the first accept returns an error when there are too few descriptors for an event loop") {
    if (test::under_address_sanitizer) {
        WARN("not tried where the undefined-behaviour sanitizer needs a pipe to look at memory");
        return;
    }
    for (int left = 0; left < 8; ++left) {
        INFO("descriptors: " << left);
        const auto end = test::in_child([&] {
            return *green::run({.workers = 1}, [&] {
                const auto listener =
                    TcpListener::bind({weld::net::Ipv4Addr::localhost(), 0});  // before: only accept is to wait
                const auto taken = take_descriptors(left);
                // With seven descriptors there is a loop, and accept would wait: that is not tested here.
                if (left == 7) {
                    return right;
                }
                const auto accepted = listener->accept();
                return !accepted && accepted.error().kind() == Kind::TooManyOpenFiles ? right : 1;
            });
        });
        INFO(end.said);
        CHECK(end.exited_with(right));
        CHECK(end.said.empty());
    }
}

TEST_CASE("an accept that is retried until there is an event loop lets other tasks free descriptors") {
    if (test::under_address_sanitizer) {
        WARN("not tried: see above");
        return;
    }
    const auto end = test::in_child([] {
        return *green::run({.workers = 1}, [] {
            const auto listener = TcpListener::bind({weld::net::Ipv4Addr::localhost(), 0});
            auto taken = take_descriptors(1);
            bool room = false;
            auto giver = thread::spawn([&] {
                thread::sleep(1ms);
                for (const int fd : taken) {
                    ::close(fd);
                }
                room = true;
            });
            while (!room) {
                const auto accepted = listener->accept();
                if (accepted || accepted.error().kind() != Kind::TooManyOpenFiles) {
                    return 1;
                }
            }
            std::move(*giver).join();
            return right;
        });
    });
    INFO(end.said);
    CHECK(end.exited_with(right));
}

TEST_CASE("offloaded calls share the threads that can be started, if fewer than UV_THREADPOOL_SIZE") {
    if (test::under_sanitizer) {
        WARN("not tried under a sanitizer, which reserves terabytes");
        return;
    }
    const auto end = test::in_child([] {
        (void)::setenv("UV_THREADPOOL_SIZE", "64", 1);
        return must(green::run({.workers = 1}, [] {
            take_address_space(3 * default_stack());
            std::vector<thread::JoinHandle<int>> handles;
            for (int i = 0; i < 200; ++i) {
                handles.push_back(must(
                    thread::spawn([i] { return must(green::offload([i] { return i; })); }, {.stack_size = 16 << 10})));
            }
            int lost = 0;
            for (int i = 0; i < 200; ++i) {
                lost += std::move(handles[static_cast<std::size_t>(i)]).join() == i ? 0 : 1;
            }
            return lost;
        }));
    });
    INFO(end.said);
    CHECK(end.exited_with(right));
}

TEST_CASE("the first offload returns an error when there is no memory for a thread") {
    if (test::under_sanitizer) {
        WARN("not tried under a sanitizer, which reserves terabytes");
        return;
    }
    const auto end = test::in_child([] {
        return *green::run({.workers = 1}, [] {
            take_address_space(default_stack() * 3 / 4);
            const auto offloaded = green::offload([] { return 1; });
            return !offloaded && offloaded.error().kind() == Kind::WouldBlock ? right : 1;
        });
    });
    CHECK(end.exited_with(right));
    CHECK(end.said.empty());
}
