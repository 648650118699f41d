// SPDX-License-Identifier: MIT
//
// Walk: buffered items, unreadable directories, and trees with more directories than the process may open. The rest is
// in tests/conformance.
#include <support/user.hpp>

#include <weld/fs.hpp>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <set>
#include <string>
#include <vector>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

TEST_CASE("an unreadable directory is an error with its path, and the walk continues") {
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

TEST_CASE("a walk works with two file descriptors, and with one reports TooManyOpenFiles at its path") {
    const test::TempDir dir;
    std::string path = dir.path();
    for (int level = 0; level < 30; ++level) {
        must(fs::write(path + "/file", ""));
        path += "/d";
        must(fs::create_dir(path));
    }
    for (const std::size_t room : {2U, 1U}) {
        INFO(room);
        const auto end = test::in_child([&] {
            ::close_range(3, ~0U, 0);  // no gaps among the numbers
            const std::size_t before = test::open_descriptors();
            const rlimit few{.rlim_cur = 3 + room, .rlim_max = 3 + room};
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
            const rlimit more{.rlim_cur = 3 + room, .rlim_max = 3 + room};
            ::setrlimit(RLIMIT_NOFILE, &more);
            const bool is_whole = refused.empty() && seen.size() == 61;
            const bool is_cut = refused == std::vector<std::string>{dir / "d"} && seen.size() == 3;
            return ((room == 2 ? is_whole : is_cut) ? 0 : 1) | (before == 4 ? 0 : 2);
        });
        CHECK(end.status == 0);
    }
}

TEST_CASE("the root and the entries of a buffer are in memory, and a directory to be entered is not") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "a"));
    for (const char* name : {"a/one", "a/two", "a/three"}) {
        must(fs::write(dir / name, ""));
    }
    auto walk = must(fs::walk(dir.path()));
    CHECK(walk.is_buffered());  // the root was looked up
    CHECK(must(*walk.next()).depth() == 0);
    CHECK_FALSE(walk.is_buffered());
    CHECK(must(*walk.next()).name() == "a");
    CHECK_FALSE(walk.is_buffered());
    for (const bool more : {true, true, false}) {
        CHECK(must(*walk.next()).depth() == 2);
        CHECK(walk.is_buffered() == more);
    }
    CHECK(walk.next() == nullptr);
    CHECK_FALSE(walk.is_buffered());
}

TEST_CASE("skip_subtree leaves the next item in memory") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "a"));
    must(fs::create_dir(dir / "b"));
    auto walk = must(fs::walk(dir.path()));
    REQUIRE(walk.next() != nullptr);
    REQUIRE(must(*walk.next()).depth() == 1);
    CHECK_FALSE(walk.is_buffered());
    walk.skip_subtree();
    CHECK(walk.is_buffered());
    CHECK(must(*walk.next()).depth() == 1);
}

namespace {

/// Every item of `walk`: its path below `root` and the first letter of its type, or "!" and the error.
std::vector<std::string> items_of(fs::Walk walk, const std::string& root) {
    std::vector<std::string> items;
    while (const auto* item = walk.next()) {
        const std::string path = walk.path().substr(root.size());
        items.push_back(path + (*item ? " " : " !") +
                        std::string(*item ? (item->value().file_type() == fs::FileType::Directory ? "d"
                                             : item->value().file_type() == fs::FileType::Symlink ? "l"
                                                                                                  : "f")
                                          : weld::name(item->error().kind())));
    }
    std::ranges::sort(items);
    return items;
}

}  // namespace

TEST_CASE("follow_links enters links, and one that leads back is an error and not entered") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "root/a/b"));
    must(fs::create_dir(dir / "outside"));
    must(fs::write(dir / "outside/file", "text"));
    must(fs::symlink("../outside", dir / "root/out"));
    must(fs::symlink("../../outside/file", dir / "root/a/file"));
    must(fs::symlink("nowhere", dir / "root/broken"));
    must(fs::symlink("..", dir / "root/a/b/up"));
    must(fs::symlink("self", dir / "root/self"));
    const std::string root = dir / "root";
    const std::vector<std::string> expected = {
        " d",        "/a d",   "/a/b d",      "/a/b/up !FilesystemLoop", "/a/file f",
        "/broken l", "/out d", "/out/file f", "/self !FilesystemLoop"};
    CHECK(items_of(must(fs::walk(root, {.follow_links = true})), root) == expected);
    CHECK(items_of(must(fs::walk(root)), root) ==
          std::vector<std::string>{" d", "/a d", "/a/b d", "/a/b/up l", "/a/file l", "/broken l", "/out l", "/self l"});
    auto walk = must(fs::walk(root, {.follow_links = true}));
    while (const auto* item = walk.next()) {
        if (*item && item->value().name() == "file") {
            CHECK(must(item->value().metadata()).len() == 4);
        }
        if (*item && item->value().file_type() == fs::FileType::Symlink) {
            CHECK(must(item->value().metadata()).is_symlink());
        }
    }
}

TEST_CASE("a link that cannot be followed is an error, and a dangling link is an item of type Symlink") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "root/d"));
    must(fs::create_dir_all(dir / "private/x"));
    must(fs::write(dir / "root/file", ""));
    must(fs::symlink("..", dir / "root/d/up"));
    must(fs::symlink("self", dir / "root/self"));
    must(fs::symlink("../private/x", dir / "root/refused"));
    must(fs::symlink("nowhere", dir / "root/dangling"));
    must(fs::symlink("file/x", dir / "root/through_a_file"));
    for (const std::string& path : {dir.path(), dir / "root", dir / "root/d"}) {
        test::open_to_all(path);
    }
    REQUIRE(::chmod((dir / "private").c_str(), 0700) == 0);
    test::check_as_user([&] {
        const std::vector<std::string> expected = {" d",
                                                   "/d d",
                                                   "/d/up !FilesystemLoop",
                                                   "/dangling l",
                                                   "/file f",
                                                   "/refused !PermissionDenied",
                                                   "/self !FilesystemLoop",
                                                   "/through_a_file l"};
        return items_of(must(fs::walk(dir / "root", {.follow_links = true})), dir / "root") == expected ? 0 : 1;
    });
}

TEST_CASE("a walk through links returns from below many directories") {
    const test::TempDir dir;
    constexpr int depth = 100;
    std::string at = dir / "0";
    for (int level = 0; level < depth; ++level) {
        must(fs::create_dir(dir / std::to_string(level)));
        must(fs::write(dir / (std::to_string(level) + "/z"), ""));
        must(fs::create_dir(dir / (std::to_string(level) + "/plain")));
        if (level > 0) {
            must(fs::symlink("../../" + std::to_string(level), dir / (std::to_string(level - 1) + "/plain/next")));
        }
    }
    std::size_t files = 0;
    std::size_t deepest = 0;
    auto walk = must(fs::walk(at, {.follow_links = true}));
    while (const auto* item = walk.next()) {
        const auto& entry = must(*item);
        files += entry.file_type() == fs::FileType::File ? 1U : 0U;
        deepest = std::max(deepest, entry.depth());
    }
    CHECK(files == depth);
    CHECK(deepest == 2 * depth - 1);
    CHECK(kind_of(fs::walk(dir / "missing", {.follow_links = true})) == Kind::NotFound);
}
