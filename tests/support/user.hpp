// SPDX-License-Identifier: MIT
//
// user: a child process that has none of the rights of root.
#pragma once

#include <support/words.hpp>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <string>

namespace test {

/// Lets anybody use the directory `path`, which the test made.
inline void open_to_all(const std::string& path) { REQUIRE(::chmod(path.c_str(), 0777) == 0); }

/// Checks that `body` returns zero in a child process that is no root. Skipped where root cannot give up its rights.
template <class Body>
void check_as_user(Body body) {
    const ChildEnd end = in_child([&] {
        if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0)) {
            return 77;
        }
        return body();
    });
    if (end.exited_with(77)) {
        WARN("root cannot give up its rights here: skipped");
    } else {
        CHECK(end.status == 0);
        CHECK(end.said == "");
    }
}

}  // namespace test
