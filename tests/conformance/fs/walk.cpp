// SPDX-License-Identifier: MIT
//
// Walk: order, depth and paths, symbolic links, skipped subtrees; wide, deep and random trees.
#include <support/model.hpp>
#include <support/words.hpp>

#include <weld/native/directory.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <ranges>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

namespace fs = rt::fs;
namespace native = weld::native;
using fs::FileType;
using rt::Kind;
using test::kind_of;
using test::must;

static_assert(!std::is_copy_constructible_v<fs::Walk> && std::is_nothrow_move_constructible_v<fs::Walk>);
static_assert(std::ranges::input_range<fs::Walk>);

namespace {

/// The paths of all items of a walk without errors, in order.
std::vector<std::string> paths_of(const std::string& root) {
    std::vector<std::string> paths;
    auto walk = must(fs::walk(root));
    for (const auto& item : walk) {
        REQUIRE(item.has_value());
        paths.push_back(walk.path());
    }
    return paths;
}

std::set<std::string> set_of(const std::vector<std::string>& paths) {
    std::set<std::string> set(paths.begin(), paths.end());
    REQUIRE(set.size() == paths.size());
    return set;
}

/// The number of slashes in `path` after `root`.
std::size_t depth_below(const std::string& path, const std::string& root) {
    return static_cast<std::size_t>(std::ranges::count(path.substr(root.size()), '/'));
}

}  // namespace

CONFORMANCE_TEST("walk visits a directory before its contents, and everything once") {
    const test::TempDir dir;
    const std::string root = dir / "root";
    for (const char* name : {"root", "root/a", "root/a/b", "root/c"}) {
        must(fs::create_dir(dir / name));
    }
    for (const char* name : {"root/f", "root/a/g", "root/a/b/h", "root/c/i", "root/c/j"}) {
        must(fs::write(dir / name, name));
    }
    const auto paths = paths_of(root);
    CHECK(set_of(paths) == std::set<std::string>{root, root + "/a", root + "/a/b", root + "/a/b/h", root + "/a/g",
                                                 root + "/c", root + "/c/i", root + "/c/j", root + "/f"});
    CHECK(paths.front() == root);
    std::map<std::string, std::size_t> place;
    for (std::size_t index = 0; index < paths.size(); ++index) {
        place[paths[index]] = index;
    }
    for (const std::string& path : paths) {
        if (path != root) {
            CHECK(place.at(path.substr(0, path.rfind('/'))) < place.at(path));
        }
    }
    // The contents of a directory follow it without a gap.
    CHECK(place.at(root + "/a/b/h") == place.at(root + "/a/b") + 1);
}

CONFORMANCE_TEST("each item has its depth, name, type and metadata") {
    const test::TempDir dir;
    const std::string root = dir / "root";
    must(fs::create_dir(root));
    must(fs::create_dir(root + "/a"));
    must(fs::write(root + "/a/file", "abc"));
    REQUIRE(::symlink("a/file", (root + "/link").c_str()) == 0);
    REQUIRE(::mkfifo((root + "/fifo").c_str(), 0600) == 0);
    std::map<std::string, FileType> types;
    auto walk = must(fs::walk(root));
    for (const auto& result : walk) {
        const auto& item = must(result);
        const std::string path = walk.path();
        INFO(path);
        CHECK(item.path() == path);
        CHECK(item.depth() == depth_below(path, root));
        CHECK(item.name() == (path == root ? path : path.substr(path.rfind('/') + 1)));
        CHECK(item.name().data()[item.name().size()] == '\0');
        const auto metadata = must(item.metadata());
        CHECK(metadata.file_type() == item.file_type());
        CHECK(metadata.as_native().file_id() == must(fs::symlink_metadata(path)).as_native().file_id());
        native::Metadata by_directory;
        must(native::metadata(item.directory(), item.as_native().c_name(), native::Follow::No, by_directory));
        CHECK(by_directory.file_id() == metadata.as_native().file_id());
        types.emplace(path, item.file_type());
    }
    CHECK(types == std::map<std::string, FileType>{{root, FileType::Directory},
                                                   {root + "/a", FileType::Directory},
                                                   {root + "/a/file", FileType::File},
                                                   {root + "/link", FileType::Symlink},
                                                   {root + "/fifo", FileType::Fifo}});
}

CONFORMANCE_TEST("walk of a file returns the file alone") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    auto walk = must(fs::walk(dir / "file"));
    const auto* item = walk.next();
    REQUIRE(item != nullptr);
    CHECK(must(*item).depth() == 0);
    CHECK(must(*item).name() == dir / "file");
    CHECK(must(*item).file_type() == FileType::File);
    CHECK(must(must(*item).metadata()).len() == 3);
    CHECK(walk.path() == dir / "file");
    CHECK(walk.next() == nullptr);
    CHECK(walk.next() == nullptr);
}

CONFORMANCE_TEST("walk of an empty directory returns the directory alone") {
    const test::TempDir dir;
    CHECK(paths_of(dir.path()) == std::vector<std::string>{dir.path()});
}

CONFORMANCE_TEST("walk of a missing root fails at once") {
    const test::TempDir dir;
    const auto walk = fs::walk(dir / "missing");
    CHECK(kind_of(walk) == Kind::NotFound);
    CHECK(std::string_view(walk.error().operation()) == "walk");
    REQUIRE(::symlink("missing", (dir / "dangling").c_str()) == 0);
    CHECK(kind_of(fs::walk(dir / "dangling")) == Kind::NotFound);
    must(fs::write(dir / "file", ""));
    CHECK(kind_of(fs::walk(dir / "file/")) == Kind::NotADirectory);
}

CONFORMANCE_TEST("a slash at the end of the root is not doubled in the paths") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "a"));
    must(fs::write(dir / "a/file", ""));
    const std::string root = dir.path() + "/";
    CHECK(set_of(paths_of(root)) == std::set<std::string>{root, root + "a", root + "a/file"});
    const std::string doubled = dir.path() + "//";
    CHECK(set_of(paths_of(doubled)) == std::set<std::string>{doubled, doubled + "a", doubled + "a/file"});
}

CONFORMANCE_TEST("paths below the root directory begin with one slash") {
    auto walk = must(fs::walk("/"));
    std::set<std::string> seen;
    for (const auto& item : walk) {
        REQUIRE(item.has_value());
        if (item->depth() == 0) {
            CHECK(walk.path() == "/");
            CHECK(item->path() == "/");
            continue;
        }
        CHECK(item->depth() == 1);
        CHECK(walk.path() == std::string("/").append(item->name()));
        CHECK(item->path() == walk.path());
        seen.insert(walk.path());
        walk.skip_subtree();
    }
    std::set<std::string> expected;
    for (const auto& entry : std::filesystem::directory_iterator("/")) {
        expected.insert(entry.path().string());
    }
    CHECK(seen == expected);
}

CONFORMANCE_TEST("walk of a relative root returns relative paths") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "a"));
    must(fs::write(dir / "a/file", ""));
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(dir.path());
    const auto by_name = paths_of("a");
    const auto by_dot = paths_of(".");
    std::filesystem::current_path(before);
    CHECK(by_name == std::vector<std::string>{"a", "a/file"});
    CHECK(by_dot == std::vector<std::string>{".", "./a", "./a/file"});
}

CONFORMANCE_TEST("a root may be a string_view without a NUL behind") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "a"));
    must(fs::write(dir / "a/file", ""));
    std::string text = (dir / "a") + "bc";
    auto walk = must(fs::walk(std::string_view(text).substr(0, text.size() - 2)));
    text.assign(text.size(), 'x');  // the walk keeps no reference to the caller's text
    REQUIRE(must(*walk.next()).name() == dir / "a");
    CHECK(must(*walk.next()).name() == "file");
    CHECK(walk.path() == dir / "a/file");
}

CONFORMANCE_TEST("walk follows a symbolic link as its root, and returns others as items") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "real"));
    must(fs::write(dir / "real/file", ""));
    must(fs::create_dir(dir / "root"));
    REQUIRE(::symlink("../real", (dir / "root/link").c_str()) == 0);
    REQUIRE(::symlink("..", (dir / "root/cycle").c_str()) == 0);
    REQUIRE(::symlink("missing", (dir / "root/dangling").c_str()) == 0);
    REQUIRE(::symlink("root", (dir / "start").c_str()) == 0);
    for (const std::string& root : {dir / "root", dir / "start"}) {
        CHECK(set_of(paths_of(root)) ==
              std::set<std::string>{root, root + "/link", root + "/cycle", root + "/dangling"});
    }
    auto walk = must(fs::walk(dir / "start"));
    const auto& root = must(*walk.next());
    CHECK(root.file_type() == FileType::Directory);
    CHECK(must(root.metadata()).is_dir());
}

CONFORMANCE_TEST("skip_subtree leaves out the contents of the last item") {
    const test::TempDir dir;
    for (const char* name : {"a", "a/b", "c"}) {
        must(fs::create_dir(dir / name));
    }
    for (const char* name : {"a/b/file", "a/file", "c/file"}) {
        must(fs::write(dir / name, ""));
    }
    std::set<std::string> seen;
    auto walk = must(fs::walk(dir.path()));
    for (const auto& item : walk) {
        seen.emplace(must(item).name());
        if (must(item).name() == "a" || must(item).name() == "file") {
            walk.skip_subtree();
        }
    }
    CHECK(seen == std::set<std::string>{dir.path(), "a", "c", "file"});

    auto nothing = must(fs::walk(dir.path()));
    REQUIRE(nothing.next() != nullptr);
    nothing.skip_subtree();
    CHECK(nothing.next() == nullptr);
}

CONFORMANCE_TEST("walk visits the whole of a wide directory with full subdirectories") {
    const test::TempDir dir;
    std::set<std::string> expected = {dir.path()};
    const auto fill = [&](const std::string& path, int count) {
        for (int number = 0; number < count; ++number) {
            const std::string file =
                path + "/a rather long name for a file, so that buffers fill, " + std::to_string(number);
            must(fs::write(file, ""));
            expected.insert(file);
        }
    };
    const auto make = [&](const std::string& path) {
        must(fs::create_dir(path));
        expected.insert(path);
    };
    fill(dir.path(), 5000);
    for (int number = 0; number < 4; ++number) {
        const std::string sub = dir / ("sub" + std::to_string(number));
        make(sub);
        fill(sub, 300);
        make(sub + "/deeper");
        fill(sub + "/deeper", 300);
    }
    CHECK(set_of(paths_of(dir.path())) == expected);
}

CONFORMANCE_TEST("walk visits a whole tree of two hundred levels") {
    const test::TempDir dir;
    std::set<std::string> expected = {dir.path()};
    std::string path = dir.path();
    for (int level = 0; level < 200; ++level) {
        must(fs::write(path + "/f", ""));
        must(fs::write(path + "/g", ""));
        expected.insert({path + "/f", path + "/g"});
        path += "/d";
        must(fs::create_dir(path));
        expected.insert(path);
    }
    const std::size_t before = test::open_descriptors();
    std::size_t deepest = 0;
    std::set<std::string> seen;
    {
        auto walk = must(fs::walk(dir.path()));
        for (const auto& item : walk) {
            deepest = std::max(deepest, must(item).depth());
            CHECK(must(item).depth() == depth_below(walk.path(), dir.path()));
            seen.insert(walk.path());
        }
    }
    CHECK(deepest == 200);
    CHECK(seen == expected);
    CHECK(test::open_descriptors() == before);
}

CONFORMANCE_TEST("walk finds the same as std::filesystem in a random tree") {
    std::mt19937 random(20240229);
    const auto below = [&](unsigned limit) { return random() % limit; };
    for (int round = 0; round < 5; ++round) {
        const test::TempDir dir;
        std::vector<std::string> directories = {dir.path()};
        for (int number = 0; number < 400; ++number) {
            const std::string parent = directories[below(static_cast<unsigned>(directories.size()))];
            const std::string path =
                parent + "/" + std::string(1 + below(60), static_cast<char>('a' + below(26))) + std::to_string(number);
            switch (below(4)) {
                case 0:
                    must(fs::create_dir(path));
                    directories.push_back(path);
                    break;
                case 1:
                    REQUIRE(::symlink(directories[below(static_cast<unsigned>(directories.size()))].c_str(),
                                      path.c_str()) == 0);
                    break;
                default: must(fs::write(path, path));
            }
        }
        std::set<std::string> expected = {dir.path()};
        for (const auto& entry : std::filesystem::recursive_directory_iterator(dir.path())) {
            expected.insert(entry.path().string());
        }
        CHECK(expected.size() == 401);
        CHECK(set_of(paths_of(dir.path())) == expected);
    }
}
