// SPDX-License-Identifier: MIT
//
// user: runs a test in a child process without the privileges of root.
#pragma once

#include <support/words.hpp>

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>
#include <string>

namespace test {

/// Gives all users access to the directory `path`, which the test made.
inline void open_to_all(const std::string& path) { REQUIRE(::chmod(path.c_str(), 0777) == 0); }

/// Checks that `body` returns zero in a child process that is not root. Skipped where root cannot drop its privileges.
template <class Body>
void check_as_user(Body body) {
    const ChildEnd end = in_child([&] {
        if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(65534) != 0 || ::setuid(65534) != 0)) {
            return 77;
        }
        return body();
    });
    if (end.exited_with(77)) {
        WARN("skipped: root cannot drop its privileges here");
    } else {
        CHECK(end.status == 0);
        CHECK(end.said == "");
    }
}

}  // namespace test
