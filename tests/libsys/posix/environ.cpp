// SPDX-License-Identifier: MIT
//
// environ, getcwd, chdir, gethostname, getpwuid_directory.
#include <support/words.hpp>

#include <weld/sys/posix/environ.hpp>
#include <weld/sys/posix/passwd.hpp>

#include <pwd.h>
#include <unistd.h>
#include <array>
#include <cstdlib>
#include <string>

namespace sys = weld::sys;
using sys::CStr;
using sys::Errno;
using test::errno_of;
using test::must;

TEST_CASE("environ returns the array of the process") { CHECK(sys::environ() == ::environ); }

TEST_CASE("getcwd returns the current directory if it fits, and chdir changes it") {
    const test::TempDir dir;
    const auto end = test::in_child([&] {
        must(sys::chdir(CStr(dir.path().c_str())));
        std::array<char, 4096> text;
        must(sys::getcwd(text));
        const std::string real = std::filesystem::canonical(dir.path()).string();
        std::array<char, 3> little;
        return real == text.data() && errno_of(sys::getcwd(little)) == Errno::Range ? 0 : 1;
    });
    CHECK(end.exited_with(0));
    CHECK(errno_of(sys::chdir(CStr("/no/such"))) == Errno::Noent);
}

TEST_CASE("gethostname returns the name of the host") {
    std::array<char, 65> name;
    must(sys::gethostname(name));
    std::array<char, 65> expected;
    REQUIRE(::gethostname(expected.data(), expected.size()) == 0);
    CHECK(std::string(name.data()) == expected.data());
}

TEST_CASE("getpwuid_directory returns the home directory if there is one and it fits") {
    const passwd* entry = ::getpwuid(::getuid());
    std::array<char, 4096> text;
    if (entry == nullptr) {
        CHECK(errno_of(sys::getpwuid_directory(text)) == Errno::Noent);
    } else {
        must(sys::getpwuid_directory(text));
        CHECK(std::string(text.data()) == entry->pw_dir);
        CHECK(errno_of(sys::getpwuid_directory(std::span(text).first(1))) == Errno::Range);
    }
    const auto unknown = test::in_child([&] {
        if (::setuid(123456) != 0) {
            return 77;
        }
        return errno_of(sys::getpwuid_directory(text)) == Errno::Noent ? 0 : 1;
    });
    CHECK((unknown.exited_with(0) || unknown.exited_with(77)));
}
