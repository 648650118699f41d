// SPDX-License-Identifier: MIT
//
// Standard output and standard error where another process made them non-blocking: writers wait, and lose nothing.
#include <support/words.hpp>

#include <weld/io.hpp>
#include <weld/io/stdio.hpp>
#include <weld/print.hpp>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <array>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace io = weld::io;
using test::bytes;
using test::must;

namespace {

constexpr int page = 4096;

/// The bytes that arrive when `write` writes to `fd`, a non-blocking pipe of one page, which is read once it holds
/// something.
template <class Write>
bool arrives(int fd, std::string_view expected, Write write) {
    return test::in_child([&] {
               std::array<int, 2> ends;
               if (::pipe2(ends.data(), O_CLOEXEC) != 0 || ::fcntl(ends[1], F_SETPIPE_SZ, page) != page ||
                   ::fcntl(ends[1], F_SETFL, O_NONBLOCK) != 0 || ::dup2(ends[1], fd) != fd) {
                   return 1;
               }
               ::close(ends[1]);
               auto reader = must(weld::thread::spawn([end = ends[0]] {
                   (void)test::eventually([&] {
                       int held = 0;
                       return ::ioctl(end, FIONREAD, &held) == 0 && held > 0;
                   });
                   std::string read;
                   std::array<char, 1000> buffer;
                   for (ssize_t count; (count = ::read(end, buffer.data(), buffer.size())) > 0;) {
                       read.append(buffer.data(), static_cast<std::size_t>(count));
                   }
                   return read;
               }));
               const bool is_written = write();
               ::close(fd);
               return std::move(reader).join() == expected && is_written ? 0 : 2;
           })
        .exited_with(0);
}

std::string text() {
    std::string all;
    for (int number = 0; all.size() < 100'000; ++number) {
        all += std::to_string(number) + "\n";
    }
    return all;
}

}  // namespace

TEST_CASE("print waits for a full non-blocking pipe, and loses nothing") {
    const std::string all = text();
    CHECK(arrives(STDOUT_FILENO, all, [&] { return weld::print(all) && weld::flush(); }));
    CHECK(arrives(STDERR_FILENO, all, [&] { return weld::eprint(all).has_value(); }));
    // Also in many small pieces, which libc buffers.
    CHECK(arrives(STDOUT_FILENO, all, [&] {
        bool is_good = true;
        for (std::size_t at = 0; at < all.size(); at += 70) {
            is_good = is_good && weld::print(std::string_view(all).substr(at, 70));
        }
        return is_good && weld::flush();
    }));
}

TEST_CASE("StdoutRaw, Stdout and Stderr wait for a full non-blocking pipe, and lose nothing") {
    const std::string all = text();
    CHECK(arrives(STDOUT_FILENO, all, [&] { return weld::write_all(io::StdoutRaw(), bytes(all)).has_value(); }));
    CHECK(arrives(STDOUT_FILENO, all, [&] {
        return weld::write_all(io::Stdout(), bytes(all)).has_value() && io::Stdout().flush().has_value();
    }));
    CHECK(arrives(STDERR_FILENO, all, [&] { return weld::write_all(io::Stderr(), bytes(all)).has_value(); }));
}
