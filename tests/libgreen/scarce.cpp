// SPDX-License-Identifier: MIT
//
// The first I/O of a process that can have next to nothing: each case in a child process of its own, since libuv makes
// what it needs but once.
#include <support/words.hpp>

#include <green/net.hpp>
#include <green/offload.hpp>
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <cstddef>
#include <vector>

using namespace std::chrono_literals;
using green::net::TcpListener;
using weld::Kind;
namespace thread = green::thread;

namespace {

constexpr int right = 0;

/// Takes all descriptors but `left`, and returns them.
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

}  // namespace

TEST_CASE("a first accept without the descriptors for a loop is an error, with however few") {
    if (test::under_address_sanitizer) {
        WARN("not tried where the undefined-behaviour sanitizer needs a pipe to look at memory");
        return;
    }
    for (int left = 0; left < 8; ++left) {
        INFO("descriptors: " << left);
        const auto end = test::in_child([&] {
            return *green::run({.workers = 1}, [&] {
                const auto listener =
                    TcpListener::bind({weld::net::Ipv4Addr::localhost(), 0});  // before, so that accept has to wait
                const auto taken = take_descriptors(left);
                // With seven there is a loop, and accept waits until the listener is closed: not here.
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

TEST_CASE("an accept that is tried again for want of a loop lets others make room") {
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
                (void)thread::sleep(1ms);
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

TEST_CASE("a first offload without the memory for the pool's threads is an error") {
    if (test::under_sanitizer) {
        WARN("not tried under a sanitizer, which reserves terabytes");
        return;
    }
    const auto end = test::in_child([] {
        return *green::run({.workers = 1}, [] {
            std::size_t pages = 0;
            if (FILE* statm = std::fopen("/proc/self/statm", "r"); statm != nullptr) {
                (void)!std::fscanf(statm, "%zu", &pages);
                std::fclose(statm);
            }
            const rlim_t limit = pages * 4096 + 6 * 1024 * 1024;
            const rlimit little{.rlim_cur = limit, .rlim_max = limit};
            (void)::setrlimit(RLIMIT_AS, &little);
            const auto offloaded = green::offload([] { return 1; });
            return !offloaded && offloaded.error().kind() == Kind::WouldBlock ? right : 1;
        });
    });
    CHECK(end.exited_with(right));
    CHECK(end.said.empty());
}
