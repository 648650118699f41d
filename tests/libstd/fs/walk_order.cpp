// SPDX-License-Identifier: MIT
//
// Walk: directories before and after their contents, in the order of the file system and sorted by name.
#include <support/user.hpp>

#include <weld/fs.hpp>

#include <sys/stat.h>
#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace fs = weld::fs;
using test::must;
using weld::Kind;

namespace {

using Paths = std::vector<std::string>;

/// The path of each item below `root`, an error as its path, "!" and its kind; "?" where name, depth or path do not
/// match each other.
Paths paths_of(const std::string& root, const fs::WalkOptions& options) {
    Paths paths;
    auto walk = must(fs::walk(root, options));
    while (const auto* item = walk.next()) {
        const std::string path = walk.path().substr(root.size());
        if (!*item) {
            paths.push_back(path + " !" + std::string(weld::name(item->error().kind())));
            continue;
        }
        const fs::WalkEntry& entry = **item;
        const auto depth = static_cast<std::size_t>(std::ranges::count(path, '/'));
        const std::string name = depth == 0 ? root : path.substr(path.rfind('/') + 1);
        const bool fits =
            entry.path() == root + path && entry.depth() == depth && entry.name() == name &&
            entry.name().data()[name.size()] == '\0' && entry.metadata().has_value() &&
            must(entry.metadata()).file_type() == entry.file_type() &&
            (options.follow_links || must(entry.metadata()).as_native().file_id() == entry.as_native().file_id);
        paths.push_back(fits ? path : path + " ?");
    }
    return paths;
}

void make_tree(const test::TempDir& dir) {
    for (const char* name : {"root/b/y/deep", "root/a", "root/c", "root/B"}) {
        must(fs::create_dir_all(dir / name));
    }
    for (const char* name : {"root/b/x", "root/b/z", "root/b/y/deep/2", "root/b/y/deep/10", "root/a-file", "root/d"}) {
        must(fs::write(dir / name, ""));
    }
}

const Paths in_order = {"",          "/B",           "/a",          "/a-file", "/b", "/b/x", "/b/y",
                        "/b/y/deep", "/b/y/deep/10", "/b/y/deep/2", "/b/z",    "/c", "/d"};
const Paths contents_in_order = {
    "/B", "/a", "/a-file", "/b/x", "/b/y/deep/10", "/b/y/deep/2", "/b/y/deep", "/b/y", "/b/z", "/b", "/c", "/d", ""};

}  // namespace

TEST_CASE("a sorted walk returns the names of each directory in byte order") {
    const test::TempDir dir;
    make_tree(dir);
    CHECK(paths_of(dir / "root", {.sorted = true}) == in_order);
    CHECK(paths_of(dir / "root", {.contents_first = true, .sorted = true}) == contents_in_order);
    CHECK(paths_of(dir / "root/d", {.contents_first = true, .sorted = true}) == Paths{""});
}

TEST_CASE("a walk with contents_first returns the same items, each directory after its contents") {
    const test::TempDir dir;
    make_tree(dir);
    const Paths paths = paths_of(dir / "root", {.contents_first = true});
    std::map<std::string, std::size_t> place;
    for (const std::string& path : paths) {
        place.emplace(path, place.size());
    }
    Paths sorted = paths;
    std::ranges::sort(sorted);
    Paths expected = in_order;
    std::ranges::sort(expected);
    CHECK(sorted == expected);
    for (const std::string& path : paths) {
        if (!path.empty()) {
            CHECK(place[path] < place[path.substr(0, path.rfind('/'))]);
        }
    }
}

TEST_CASE("every item of a walk with contents_first can be removed as it is returned") {
    const test::TempDir dir;
    make_tree(dir);
    const std::string root = dir / "root/";
    auto walk = must(fs::walk(root, {.contents_first = true}));
    for (const auto& item : walk) {
        const fs::WalkEntry& entry = must(item);
        const bool is_directory = entry.file_type() == fs::FileType::Directory;
        must(is_directory ? fs::remove_dir(entry.path()) : fs::remove_file(entry.path()));
    }
    CHECK_FALSE(must(fs::exists(root)));
}

TEST_CASE("a sorted walk returns directories larger than a buffer whole, wide and deep") {
    const test::TempDir dir(test::memory_directory());
    std::string path = dir / "root";
    Paths expected = {""};
    std::string below;
    for (int level = 0; level < 40; ++level) {
        must(fs::create_dir(path));
        for (int i = 0; i < (level % 20 == 0 ? 2000 : 2); ++i) {
            const std::string name = "/" + std::to_string(10'000 + i);
            must(fs::write(path + name, ""));
            expected.push_back(below + name);
        }
        if (level < 39) {
            expected.push_back(below + "/d");
        }
        path += "/d";
        below += "/d";
    }
    CHECK(paths_of(dir / "root", {.sorted = true}) == expected);
}

TEST_CASE("with contents_first an unreadable directory is an error, then an item") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "root/a"));
    must(fs::create_dir(dir / "root/shut"));
    must(fs::write(dir / "root/z", ""));
    for (const char* name : {"root", "root/a"}) {
        REQUIRE(::chmod((dir / name).c_str(), 0755) == 0);
    }
    REQUIRE(::chmod(dir.path().c_str(), 0755) == 0);
    REQUIRE(::chmod((dir / "root/shut").c_str(), 0) == 0);
    test::check_as_user([&] {
        const Paths before = {"", "/a", "/shut", "/shut !PermissionDenied", "/z"};
        const Paths behind = {"/a", "/shut !PermissionDenied", "/shut", "/z", ""};
        return (paths_of(dir / "root", {.sorted = true}) == before ? 0 : 1) |
               (paths_of(dir / "root", {.contents_first = true, .sorted = true}) == behind ? 0 : 2);
    });
}

TEST_CASE("with contents_first a followed link comes after the contents of its target") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "root/d"));
    must(fs::create_dir(dir / "outside"));
    must(fs::write(dir / "outside/file", ""));
    must(fs::symlink("../outside", dir / "root/out"));
    must(fs::symlink("..", dir / "root/d/up"));
    CHECK(paths_of(dir / "root", {.follow_links = true, .contents_first = true, .sorted = true}) ==
          Paths{"/d/up !FilesystemLoop", "/d", "/out/file", "/out", ""});
}

TEST_CASE("is_buffered is right in each order of a walk") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "root/a"));
    must(fs::write(dir / "root/b", ""));
    auto behind = must(fs::walk(dir / "root", {.contents_first = true, .sorted = true}));
    CHECK_FALSE(behind.is_buffered());  // the root is to be opened
    CHECK(must(*behind.next()).name() == "a");
    CHECK(behind.is_buffered());
    CHECK(must(*behind.next()).name() == "b");
    CHECK_FALSE(behind.is_buffered());
    CHECK(must(*behind.next()).depth() == 0);
    CHECK(behind.next() == nullptr);
    CHECK_FALSE(behind.is_buffered());
}

TEST_CASE("close_above closes directories for a caller that needs descriptors, and the walk reopens them") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "root/a/b/c"));
    for (const char* name : {"root/z", "root/a/z", "root/a/b/z"}) {
        must(fs::write(dir / name, ""));
    }
    auto walk = must(fs::walk(dir / "root", {.sorted = true}));
    CHECK_FALSE(walk.close_above());
    for (int items = 0; items < 5; ++items) {
        REQUIRE(walk.next() != nullptr);
    }
    CHECK(walk.path() == dir / "root/a/b/z");
    const std::size_t open = test::open_descriptors();
    CHECK(walk.close_above());
    CHECK(walk.close_above());
    CHECK_FALSE(walk.close_above());
    CHECK(test::open_descriptors() == open - 2);
    CHECK(must(*walk.next()).path() == dir / "root/a/z");
    CHECK(must(*walk.next()).path() == dir / "root/z");
    CHECK(walk.next() == nullptr);
}
