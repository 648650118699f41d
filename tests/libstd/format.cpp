// SPDX-License-Identifier: MIT
//
// The formatters for std::format, where the standard library has it.
#include <support/words.hpp>

#include <weld/format.hpp>
#include <weld/os/unix/process.hpp>

#if defined(__cpp_lib_format)

using weld::Error;
using weld::Kind;
using weld::sys::Errno;

TEST_CASE("std::format gives the message of an error, with and without a subject") {
    const Error error("open", Errno::Noent);
    CHECK(std::format("{}", error) == "open: No such file or directory (ENOENT)");
    CHECK(std::format("{}", error.at("/x")) == "open /x: No such file or directory (ENOENT)");
    CHECK(std::format("{:.4}|{:>42}", error, error) == "open|  open: No such file or directory (ENOENT)");
}

TEST_CASE("std::format gives a kind's name, an exit status' message and an address' text") {
    using namespace weld::net;
    CHECK(std::format("[{:>9}]", Kind::NotFound) == "[ NotFound]");
    CHECK(std::format("{}", weld::os::exit_status(0x0300)) == "exited with code 3");
    CHECK(std::format("{} {}", Ipv4Addr::localhost(), Ipv6Addr::localhost()) == "127.0.0.1 ::1");
    CHECK(std::format("{:>10} {}", IpAddr(Ipv4Addr()), SocketAddr(Ipv6Addr::localhost(), 80)) == "   0.0.0.0 [::1]:80");
}

#else

TEST_CASE("format.hpp compiles where the standard library has no std::format") {
    CHECK(weld::Error("open", weld::Fault::Cancelled).kind() == weld::Kind::Cancelled);
}

#endif
