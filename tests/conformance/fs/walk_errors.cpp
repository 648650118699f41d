// SPDX-License-Identifier: MIT
//
// Walk: changes of the tree during the walk.
#include <support/model.hpp>
#include <support/words.hpp>

#include <weld/native/directory.hpp>

#include <unistd.h>
#include <filesystem>
#include <set>
#include <string>
#include <utility>

namespace fs = rt::fs;
namespace native = weld::native;
using rt::Kind;
using test::kind_of;
using test::must;

CONFORMANCE_TEST("a directory that is removed before the walk enters it is an error item, and the walk continues") {
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

CONFORMANCE_TEST("a directory that becomes a symbolic link before the walk enters it is not followed") {
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

CONFORMANCE_TEST("a root that is removed before the walk enters it is an error item and the end") {
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

CONFORMANCE_TEST("a directory that is renamed during the walk is read to its end") {
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

CONFORMANCE_TEST("metadata of a removed item returns NotFound") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    auto walk = must(fs::walk(dir.path()));
    REQUIRE(walk.next() != nullptr);
    const auto& file = must(*walk.next());
    must(fs::remove_file(dir / "file"));
    CHECK(kind_of(file.metadata()) == Kind::NotFound);
}

CONFORMANCE_TEST("walk visits a whole tree whose paths are longer than PATH_MAX") {
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

CONFORMANCE_TEST("a walk that is dropped half way closes its file descriptors") {
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
