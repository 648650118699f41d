// SPDX-License-Identifier: MIT
//
// create_dir_all beside others that create the same directories, and where permissions refuse their owner. The rest is
// in names.cpp.
#include <support/user.hpp>

#include <weld/fs.hpp>
#include <weld/thread.hpp>

#include <sys/stat.h>
#include <atomic>
#include <string>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

TEST_CASE("threads create the same parents with create_dir_all under a umask that takes permissions from the owner") {
    const test::TempDir dir;
    test::open_to_all(dir.path());
    for (const mode_t umask : {0277U, 0777U}) {
        test::check_as_user([&] {
            ::umask(umask);
            std::atomic<int> failed = 0;
            for (int round = 0; round < 100; ++round) {
                const std::string root = dir / std::to_string(umask) + "-" + std::to_string(round);
                std::atomic<int> ready = 0;
                weld::thread::scope([&](auto& scope) {
                    for (const char* last : {"a", "b", "c", "d"}) {
                        must(scope.spawn([&, last] {
                            ++ready;
                            while (ready < 4) {
                                weld::thread::yield_now();
                            }
                            failed += fs::create_dir_all(root + "/x/y/z/" + last) ? 0 : 1;
                        }));
                    }
                });
            }
            return failed == 0 ? 0 : 1;
        });
    }
}

TEST_CASE("create_dir_all in a directory that refuses its owner is PermissionDenied, however new it is") {
    const test::TempDir dir;
    test::open_to_all(dir.path());
    test::check_as_user([&] {
        must(fs::create_dir(dir / "new", 0500));
        must(fs::create_dir(dir / "closed", 0));
        return (kind_of(fs::create_dir_all(dir / "new/sub/sub")) == Kind::PermissionDenied ? 0 : 1) |
               (kind_of(fs::create_dir_all(dir / "closed/sub/sub")) == Kind::PermissionDenied ? 0 : 2);
    });
}
