// SPDX-License-Identifier: MIT
//
// File: a signal each millisecond, and no call that says Interrupted.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <csignal>
#include <string>
#include <utility>
#include <vector>

namespace fs = weld::fs;
using fs::File;
using test::bytes;
using test::must;
using test::text;

namespace {

volatile std::sig_atomic_t signals = 0;

/// A signal each millisecond that interrupts system calls of this thread, and none of those it starts.
class Interruptions {
public:
    Interruptions() {
        struct sigaction counted{};
        counted.sa_handler = [](int) { signals = signals + 1; };  // without SA_RESTART
        signals = 0;
        REQUIRE(::sigaction(SIGALRM, &counted, &before_) == 0);
        const itimerval every_millisecond{.it_interval = {0, 1000}, .it_value = {0, 1000}};
        REQUIRE(::setitimer(ITIMER_REAL, &every_millisecond, nullptr) == 0);
    }
    Interruptions(const Interruptions&) = delete;
    Interruptions& operator=(const Interruptions&) = delete;
    ~Interruptions() {
        const itimerval never{};
        ::setitimer(ITIMER_REAL, &never, nullptr);
        ::sigaction(SIGALRM, &before_, nullptr);
    }

private:
    struct sigaction before_{};
};

std::array<File, 2> make_pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    return {File::from_handle(weld::sys::OwnedHandle(ends[0])), File::from_handle(weld::sys::OwnedHandle(ends[1]))};
}

/// Starts `body` in a thread that no SIGALRM goes to.
template <class Body>
auto spawn_undisturbed(Body body) {
    sigset_t alarm;
    ::sigemptyset(&alarm);
    ::sigaddset(&alarm, SIGALRM);
    ::pthread_sigmask(SIG_BLOCK, &alarm, nullptr);
    auto handle = must(weld::thread::spawn(std::move(body)));
    ::pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
    return handle;
}

}  // namespace

TEST_CASE("signals never interrupt a read") {
    auto [reader, writer] = make_pipe();
    constexpr int chunks = 100;
    auto peer = spawn_undisturbed([end = std::move(writer)] {
        std::size_t total = 0;
        for (int chunk = 0; chunk < chunks; ++chunk) {
            (void)weld::thread::sleep(std::chrono::milliseconds(2));  // slow, so that the reader waits
            total += end.write(bytes("0123456789")).value_or(0);
        }
        return total;
    });
    std::string received;
    bool failed = false;
    {
        const Interruptions interruptions;
        std::array<std::byte, 64> buffer;
        for (;;) {
            const auto count = reader.read(buffer);
            failed = !count;
            if (failed || *count == 0) {
                break;
            }
            received += text(buffer, *count);
        }
    }
    CHECK(std::move(peer).join() == 10 * chunks);
    CHECK_FALSE(failed);
    CHECK(received.size() == 10 * chunks);
    CHECK(received.starts_with("01234567890123456789"));
    CHECK(signals > (test::under_thread_sanitizer ? 0 : 10));  // it delivers them late
}

TEST_CASE("signals never interrupt a write, and no byte is lost or doubled") {
    auto [reader, writer] = make_pipe();
    std::string sent;
    for (int number = 0; sent.size() < 2'000'000; ++number) {
        sent += std::to_string(number) + ",";
    }
    auto peer = spawn_undisturbed([end = std::move(reader)] {
        std::string received;
        std::vector<std::byte> buffer(16 * 1024);
        while (const std::size_t count = end.read(buffer).value_or(0)) {
            received += text(buffer, count);
            (void)weld::thread::sleep(std::chrono::milliseconds(1));  // slow, so that the writer waits
        }
        return received;
    });
    bool failed = false;
    {
        const Interruptions interruptions;
        auto rest = bytes(sent);
        while (!rest.empty() && !failed) {
            const auto count = writer.write(rest);
            failed = !count;
            rest = rest.subspan(count.value_or(0));
        }
    }
    CHECK_FALSE(failed);
    CHECK(std::move(writer).close());
    CHECK(std::move(peer).join() == sent);
    CHECK(signals > (test::under_thread_sanitizer ? 0 : 10));  // it delivers them late
}

TEST_CASE("signals never interrupt an open") {
    const test::TempDir dir;
    const std::string fifo = dir / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    auto peer = spawn_undisturbed([&] {
        (void)weld::thread::sleep(std::chrono::milliseconds(30));  // slow, so that the opener waits
        return File::open(fifo, {.write = true}).has_value();
    });
    weld::Result<File> opened = std::unexpected(weld::Error("test", weld::Fault::TimedOut));
    {
        const Interruptions interruptions;
        opened = File::open(fifo);
    }
    CHECK(opened.has_value());
    CHECK(std::move(peer).join());
    CHECK(signals > 0);
}
