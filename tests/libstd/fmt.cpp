// SPDX-License-Identifier: MIT
//
// The formatters for the fmt library.
#include <support/words.hpp>

#include <weld/fmt.hpp>
#include <weld/fs.hpp>
#include <weld/net.hpp>
#include <weld/os/unix/process.hpp>

#include <string>

using weld::Error;
using weld::Fault;
using weld::Kind;
using weld::sys::Errno;

TEST_CASE("an error formats as its message") {
    const Error error("open", Errno::Noent);
    CHECK(fmt::format("{}", error) == "open: No such file or directory (ENOENT)");
    CHECK(fmt::format("{}", Error("read", Fault::Cancelled)) == "read: Cancelled (Cancelled)");
    CHECK(fmt::to_string(error) == error.message());
}

TEST_CASE("an error at a path formats with the path") {
    const std::string path = "/no/such/file";
    const auto opened = weld::fs::File::open(path);
    REQUIRE_FALSE(opened.has_value());
    CHECK(fmt::format("{}", opened.error().at(path)) == "open /no/such/file: No such file or directory (ENOENT)");
}

TEST_CASE("an exit status formats as its message") {
    CHECK(fmt::format("{:>20}", weld::os::exit_status(0x0300)) == "  exited with code 3");
}

TEST_CASE("a kind formats as its name") {
    CHECK(fmt::format("{}", Kind::NotFound) == "NotFound");
    CHECK(fmt::format("[{:>9}]", Kind::NotFound) == "[ NotFound]");
}

TEST_CASE("width and alignment are those of text") {
    const Error error("x", Fault::Cancelled);
    CHECK(fmt::format("{:*^30}", error) == "***" + error.message() + "***");
    CHECK(fmt::format("{:.4}", error) == "x: C");
    CHECK(fmt::format("{:<40}|", error.at("p")).size() == 41);
}

TEST_CASE("an address formats as its text") {
    using namespace weld::net;
    CHECK(fmt::format("{}", Ipv4Addr::localhost()) == "127.0.0.1");
    CHECK(fmt::format("{}", Ipv6Addr::localhost()) == "::1");
    CHECK(fmt::format("{:>10}", IpAddr(Ipv4Addr())) == "   0.0.0.0");
    CHECK(fmt::format("{}", SocketAddr(Ipv6Addr::localhost(), 80)) == "[::1]:80");
}
