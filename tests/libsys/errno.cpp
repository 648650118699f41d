// SPDX-License-Identifier: MIT
//
// Errno: numbers, symbols and messages.
#include <support/words.hpp>

#include <weld/sys/errno.hpp>

#include <locale.h>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

using weld::sys::Errno;

TEST_CASE("symbol returns the symbol that the manual pages use") {
    CHECK(weld::sys::symbol(Errno::Noent) == "ENOENT");
    CHECK(weld::sys::symbol(Errno::TooBig) == "E2BIG");
    CHECK(weld::sys::symbol(Errno::Perm) == "EPERM");
    CHECK(weld::sys::symbol(Errno::Hwpoison) == "EHWPOISON");
    CHECK(weld::sys::symbol(Errno::Again) == "EAGAIN");
}

TEST_CASE("two names of one error number are equal") {
    CHECK(Errno::Wouldblock == Errno::Again);
    CHECK(Errno::Notsup == Errno::Opnotsupp);
    CHECK(std::to_underlying(Errno::Wouldblock) == EWOULDBLOCK);
}

TEST_CASE("an unknown error number has a symbol and a message too") {
    for (const int number : {-1, 41, 58, 134, 4096, 2147483647}) {
        INFO(number);
        CHECK(weld::sys::symbol(static_cast<Errno>(number)) == "E?");
        CHECK(weld::sys::message(static_cast<Errno>(number)) == "Unknown error");
    }
}

TEST_CASE("message returns the C library's text for every error number") {
    for (int number = 1; number <= 133; ++number) {
        if (const char* text = ::strerrordesc_np(number)) {
            CHECK(weld::sys::message(static_cast<Errno>(number)) == text);
            CHECK(weld::sys::symbol(static_cast<Errno>(number)).starts_with('E'));
            CHECK(weld::sys::symbol(static_cast<Errno>(number)) != "E?");
        }
    }
    CHECK(weld::sys::message(Errno::Noent) == "No such file or directory");
    CHECK(weld::sys::message(Errno::Badf) == "Bad file descriptor");
}

TEST_CASE("message is not translated by the locale") {
    const std::string before = ::setlocale(LC_ALL, nullptr);
    ::setlocale(LC_ALL, "");
    CHECK(weld::sys::message(Errno::Acces) == "Permission denied");
    ::setlocale(LC_ALL, before.c_str());
}

TEST_CASE("symbol and message do not change errno") {
    errno = EXDEV;
    (void)weld::sys::symbol(Errno::Noent);
    (void)weld::sys::message(static_cast<Errno>(4096));
    CHECK(errno == EXDEV);
}
