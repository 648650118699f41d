// SPDX-License-Identifier: MIT
//
// File: with a signal each millisecond, no call returns Interrupted.
#include <support/interruptions.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace fs = weld::fs;
using fs::File;
using test::bytes;
using test::Interruptions;
using test::must;
using test::signals;
using test::spawn_undisturbed;
using test::text;

namespace {

std::array<File, 2> make_pipe() {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    return {File::from_handle(weld::sys::OwnedHandle(ends[0])), File::from_handle(weld::sys::OwnedHandle(ends[1]))};
}

}  // namespace

TEST_CASE("signals never interrupt a read") {
    auto [reader, writer] = make_pipe();
    constexpr int chunks = 100;
    auto peer = spawn_undisturbed([end = std::move(writer)] {
        std::size_t total = 0;
        for (int chunk = 0; chunk < chunks; ++chunk) {
            weld::thread::sleep(std::chrono::milliseconds(2));  // slow, so that the reader waits
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

TEST_CASE("signals never interrupt a write, and no byte is lost or duplicated") {
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
            weld::thread::sleep(std::chrono::milliseconds(1));  // slow, so that the writer waits
        }
        return received;
    });
    bool failed = false;
    {
        const Interruptions interruptions;
        auto rest = bytes(sent);
        // More than fits into a pipe, so that the write waits; little enough for memcheck to check before the next
        // signal is due.
        constexpr std::size_t piece = 256 * 1024;
        while (!rest.empty() && !failed) {
            const auto count = writer.write(rest.first(std::min(rest.size(), piece)));
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
        weld::thread::sleep(std::chrono::milliseconds(30));  // slow, so that the opener waits
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
