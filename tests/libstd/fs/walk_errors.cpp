// SPDX-License-Identifier: MIT
//
// Walk: what happens on the way when the tree changes, refuses, or is more than the process may hold open.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/native/directory.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fs = weld::fs;
namespace native = weld::native;
using test::kind_of;
using test::must;
using weld::Kind;

TEST_CASE("a directory that is removed before it is entered is an error, and the walk goes on") {
    const test::TempDir dir;
    for (const char* name : {"a", "b", "c"}) {
        must(fs::create_dir(dir / name));
        must(fs::write(dir / (std::string(name) + "/file"), ""));
    }
    auto walk = must(fs::walk(dir.path()));
    std::set<std::string> seen;
    std::string removed;
    std::size_t errors = 0;
    for (const auto& item : walk) {
        if (!item) {
            ++errors;
            CHECK(item.error() == Kind::NotFound);
            CHECK(walk.path() == removed);
            continue;
        }
        seen.insert(walk.path());
        if (removed.empty() && item->depth() == 1) {
            removed = walk.path();
            std::filesystem::remove_all(removed);
        }
    }
    CHECK(errors == 1);
    CHECK(seen.size() == 6);  // the root, three directories, two of their files
}

TEST_CASE("a directory that becomes a link before it is entered is not followed") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "secret"));
    must(fs::write(dir / "secret/file", ""));
    must(fs::create_dir(dir / "root"));
    must(fs::create_dir(dir / "root/victim"));
    auto walk = must(fs::walk(dir / "root"));
    REQUIRE(walk.next() != nullptr);
    REQUIRE(must(*walk.next()).name() == "victim");
    must(fs::remove_dir(dir / "root/victim"));
    REQUIRE(::symlink("../secret", (dir / "root/victim").c_str()) == 0);
    const auto* item = walk.next();
    REQUIRE(item != nullptr);
    const Kind kind = kind_of(*item);
    CHECK((kind == Kind::NotADirectory || kind == Kind::FilesystemLoop));
    CHECK(walk.path() == dir / "root/victim");
    CHECK(walk.next() == nullptr);
}

TEST_CASE("a root that is removed before it is entered is an error, and the end") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "root"));
    auto walk = must(fs::walk(dir / "root"));
    REQUIRE(must(*walk.next()).depth() == 0);
    must(fs::remove_dir(dir / "root"));
    const auto* item = walk.next();
    REQUIRE(item != nullptr);
    CHECK(kind_of(*item) == Kind::NotFound);
    CHECK(walk.path() == dir / "root");
    CHECK(walk.next() == nullptr);
}

TEST_CASE("a directory that moves while it is read is read to its end") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "root"));
    must(fs::create_dir(dir / "root/a"));
    must(fs::create_dir(dir / "root/a/b"));
    must(fs::write(dir / "root/a/b/file", "abc"));
    auto walk = must(fs::walk(dir / "root"));
    REQUIRE(walk.next() != nullptr);
    REQUIRE(must(*walk.next()).name() == "a");
    REQUIRE(must(*walk.next()).name() == "b");
    must(fs::rename(dir / "root/a", dir / "elsewhere"));
    const auto& file = must(*walk.next());
    CHECK(file.name() == "file");
    CHECK(must(file.metadata()).len() == 3);
    CHECK(walk.next() == nullptr);
}

TEST_CASE("the metadata of an item that was removed is not found") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    auto walk = must(fs::walk(dir.path()));
    REQUIRE(walk.next() != nullptr);
    const auto& file = must(*walk.next());
    must(fs::remove_file(dir / "file"));
    CHECK(kind_of(file.metadata()) == Kind::NotFound);
}

TEST_CASE("directories that may not be read are errors with their paths, and the walk goes on") {
    const test::TempDir dir;
    for (const char* name : {"a", "a/locked", "b", "locked", "z"}) {
        must(fs::create_dir(dir / name));
        must(fs::write(dir / (std::string(name) + "/file"), ""));
    }
    for (const std::string& path : {dir / "a/locked", dir / "locked"}) {
        REQUIRE(::chmod(path.c_str(), 0) == 0);
    }
    for (const std::string& path : {dir.path(), dir / "a", dir / "b", dir / "z"}) {
        REQUIRE(::chmod(path.c_str(), 0755) == 0);
    }
    const auto end = test::in_child([&] {
        if (::geteuid() == 0 && ::setuid(65534) != 0) {
            return 77;
        }
        std::set<std::string> refused;
        int good = 0;
        int other = 0;
        auto walk = must(fs::walk(dir.path()));
        for (const auto& item : walk) {
            if (item) {
                ++good;
            } else if (item.error() == Kind::PermissionDenied) {
                refused.insert(walk.path());
            } else {
                ++other;
            }
        }
        return (refused == std::set<std::string>{dir / "a/locked", dir / "locked"} ? 0 : 1) | (good == 9 ? 0 : 2) |
               (other == 0 ? 0 : 4);
    });
    for (const std::string& path : {dir / "a/locked", dir / "locked"}) {
        ::chmod(path.c_str(), 0700);
    }
    if (end.exited_with(77)) {
        WARN("root cannot give up its rights here: skipped");
    } else {
        CHECK(end.status == 0);
    }
}

TEST_CASE("a tree whose paths are longer than the system takes is walked to its end") {
    const test::TempDir dir;
    const std::string name(120, 'n');
    constexpr std::size_t levels = 50;
    auto level =
        must(native::Directory::open(weld::sys::cwd, weld::sys::CStr(dir.path().c_str()), native::Follow::Yes));
    for (std::size_t depth = 0; depth < levels; ++depth) {
        must(native::create_dir(level.as_handle(), weld::sys::CStr(name.c_str()), 0700));
        level = must(native::Directory::open(level.as_handle(), weld::sys::CStr(name.c_str()), native::Follow::No));
    }
    auto walk = must(fs::walk(dir.path()));
    std::size_t count = 0;
    for (const auto& item : walk) {
        CHECK(must(item).depth() == count);
        CHECK(walk.path().size() == dir.path().size() + count * (name.size() + 1));
        ++count;
    }
    CHECK(count == levels + 1);
}

TEST_CASE("a walk that is dropped half way closes what it had open") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "a"));
    must(fs::create_dir(dir / "a/b"));
    must(fs::write(dir / "a/b/file", ""));
    const std::size_t before = test::open_descriptors();
    {
        auto walk = must(fs::walk(dir.path()));
        CHECK(test::open_descriptors() == before);
        for (int item = 0; item < 4; ++item) {
            REQUIRE(walk.next() != nullptr);
        }
        CHECK(test::open_descriptors() == before + 3);
        auto moved = std::move(walk);
        CHECK(moved.path() == dir / "a/b/file");
        CHECK(moved.next() == nullptr);
        CHECK(test::open_descriptors() == before);
        moved = must(fs::walk(dir.path()));
        CHECK(must(*moved.next()).depth() == 0);
    }
    CHECK(test::open_descriptors() == before);
}

TEST_CASE("too many open files is an error at its path, and the walk ends and leaks nothing") {
    const test::TempDir dir;
    std::string path = dir.path();
    std::set<std::string> all = {path};
    for (int level = 0; level < 30; ++level) {
        must(fs::write(path + "/file", ""));
        all.insert(path + "/file");
        path += "/d";
        must(fs::create_dir(path));
        all.insert(path);
    }
    const auto end = test::in_child([&] {
        ::close_range(3, ~0U, 0);  // no gaps among the numbers
        const std::size_t before = test::open_descriptors();
        const rlimit few{.rlim_cur = 13, .rlim_max = 13};  // room for ten more
        ::setrlimit(RLIMIT_NOFILE, &few);
        std::vector<std::string> refused;
        std::set<std::string> seen;
        {
            auto walk = must(fs::walk(dir.path()));
            for (const auto& item : walk) {
                if (item) {
                    seen.insert(walk.path());
                } else if (item.error() == Kind::TooManyOpenFiles) {
                    refused.push_back(walk.path());
                } else {
                    return 100;
                }
            }
            if (walk.next() != nullptr) {
                return 101;
            }
        }
        std::string expected = dir.path();
        for (int level = 0; level < 10; ++level) {
            expected += "/d";
        }
        return (refused == std::vector<std::string>{expected} ? 0 : 1) | (seen.size() == 21 ? 0 : 2) |
               (std::ranges::includes(all, seen) ? 0 : 4) | (test::open_descriptors() == before ? 0 : 8);
    });
    CHECK(end.status == 0);
}
