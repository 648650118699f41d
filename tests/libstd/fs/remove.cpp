// SPDX-License-Identifier: MIT
//
// remove_dir_all: whole trees, links, depth, and concurrent changes of the tree.
#include <support/soak.hpp>
#include <support/user.hpp>

#include <weld/fs.hpp>
#include <weld/thread.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

/// Creates that many nested directories.
void nest(const std::string& path, int depth) {
    must(fs::create_dir_all(path));
    fs::Dir dir = must(fs::Dir::open(path));
    for (int i = 0; i < depth; ++i) {
        must(dir.create_dir("d"));
        dir = must(dir.open_dir("d"));
    }
    must(dir.write("file", ""));
}

}  // namespace

TEST_CASE("remove_dir_all removes a tree, and of links in it the links alone", "[promise:2.2][rust:recursive_rmdir]") {
    const test::TempDir scratch;
    must(fs::create_dir_all(scratch / "tree/a/b/c"));
    must(fs::create_dir_all(scratch / "canary/inside"));
    must(fs::write(scratch / "canary/file", "kept"));
    must(fs::write(scratch / "tree/a/file", ""));
    must(fs::symlink("../../canary", scratch / "tree/a/link"));
    must(fs::symlink("nowhere", scratch / "tree/dangling"));
    REQUIRE(::mkfifo((scratch / "tree/fifo").c_str(), 0600) == 0);
    for (int i = 0; i < 3000; ++i) {
        must(fs::write(scratch / ("tree/a/b/" + std::to_string(i)), ""));
    }
    must(fs::remove_dir_all(scratch / "tree"));
    CHECK_FALSE(must(fs::exists(scratch / "tree")));
    CHECK(must(fs::read_to_string(scratch / "canary/file")) == "kept");
}

TEST_CASE("remove_dir_all removes a symbolic link itself; a file is NotADirectory, a missing path NotFound",
          "[promise:2.2][rust:recursive_rmdir_of_symlink][rust:recursive_rmdir_of_file_fails]") {
    const test::TempDir scratch;
    must(fs::create_dir(scratch / "dir"));
    must(fs::write(scratch / "dir/file", ""));
    must(fs::symlink("dir", scratch / "link"));
    must(fs::remove_dir_all(scratch / "link"));
    CHECK(kind_of(fs::symlink_metadata(scratch / "link")) == Kind::NotFound);
    must(fs::symlink("dir/file", scratch / "link"));
    must(fs::remove_dir_all(scratch / "link"));
    CHECK(kind_of(fs::symlink_metadata(scratch / "link")) == Kind::NotFound);
    CHECK(must(fs::exists(scratch / "dir/file")));
    CHECK(kind_of(fs::remove_dir_all(scratch / "dir/file")) == Kind::NotADirectory);
    CHECK(must(fs::exists(scratch / "dir/file")));
    CHECK(kind_of(fs::remove_dir_all(scratch / "missing")) == Kind::NotFound);
    CHECK(kind_of(fs::remove_dir_all(std::string("a\0b", 3))) == Kind::InvalidInput);
    CHECK(kind_of(fs::remove_dir_all("")) == Kind::NotFound);
    must(fs::remove_dir_all(std::string_view(scratch / "dir")));
}

TEST_CASE("10,000 nested directories are walked and removed with 64 file descriptors and 256 KiB of stack",
          "[promise:2.3]") {
    constexpr int depth = test::is_slow ? 1'000 : 10'000;
    const test::TempDir scratch(test::memory_directory());
    nest(scratch / "tree", depth);
    const auto done = test::in_child(
        [&] {
            const rlimit few{64, 64};
            if (::setrlimit(RLIMIT_NOFILE, &few) != 0) {
                return 2;
            }
            auto thread = weld::thread::spawn(
                [&] {
                    std::size_t deepest = 0;
                    auto walk = fs::walk(scratch / "tree");
                    for (const auto& item : *walk) {
                        if (!item) {
                            return 3;
                        }
                        deepest = item->depth();
                    }
                    if (deepest != depth + 1) {
                        return 4;
                    }
                    return fs::remove_dir_all(scratch / "tree") ? 0 : 5;
                },
                {.stack_size = 256 * 1024});
            return thread ? std::move(*thread).join() : 6;
        },
        120);
    CHECK(done.exited_with(0));
    CHECK_FALSE(must(fs::exists(scratch / "tree")));
}

TEST_CASE("a walk returns to its unread entries above many closed directories") {
    const test::TempDir scratch;
    std::string path = scratch / "tree";
    std::size_t files = 0;
    for (int level = 0; level < 80; ++level) {
        must(fs::create_dir_all(path));
        for (int i = 0; i < (level % 20 == 0 ? 2500 : 3); ++i, ++files) {
            must(fs::write(path + "/" + std::to_string(i), ""));
        }
        path += "/d";
    }
    std::size_t seen = 0;
    for (const auto& item : must(fs::walk(scratch / "tree"))) {
        seen += must(item).file_type() == fs::FileType::File ? 1U : 0U;
    }
    CHECK(seen == files);
    must(fs::remove_dir_all(scratch / "tree"));
}

// CVE-2022-21658: nothing behind a symbolic link that replaces a directory is removed.
TEST_CASE("remove_dir_all does not follow links that replace directories, at the root and at depth 3",
          "[soak][promise:2.2][rust:recursive_rmdir_toctou]") {
    for (const char* below : {"", "/a/b"}) {
        const test::TempDir scratch(test::memory_directory());
        const std::string victim = scratch / "victim";
        must(fs::create_dir(victim));
        must(fs::write(victim + "/canary", ""));
        const std::string root = scratch / "root";
        const std::string swapped = root + below + "/dir";
        const std::string aside = scratch / "aside";
        std::atomic<bool> stop = false;
        auto attacker = must(weld::thread::spawn([&] {
            while (!stop) {
                (void)fs::rename(swapped, aside);
                (void)fs::symlink(victim, swapped);
                (void)fs::remove_file(swapped);
                (void)fs::rename(aside, swapped);
            }
        }));
        const auto end = std::chrono::steady_clock::now() + test::soak_time() / 2;
        const int rounds = test::attack_rounds(test::is_slow ? 50 : 500);
        for (int round = 0; round < rounds || std::chrono::steady_clock::now() < end; ++round) {
            (void)fs::create_dir_all(swapped);
            (void)fs::write(swapped + "/file", "");
            (void)fs::remove_dir_all(round % 2 == 0 ? root : swapped);
            if (!must(fs::exists(victim + "/canary"))) {
                break;
            }
        }
        stop = true;
        std::move(attacker).join();
        CHECK(must(fs::exists(victim + "/canary")));
    }
}

// With few descriptors the removal returns to a directory above by "..", which leads elsewhere once that was moved.
TEST_CASE(
    "remove_dir_all removes nothing outside when directories are moved out of a tree, with few file descriptors") {
    const test::TempDir scratch(test::memory_directory());
    const std::string outside = scratch / "outside";
    const std::string root = scratch / "root";
    const std::string moved = root + "/d/d/d/d";
    const std::string place = outside + "/d/d/place";
    const auto end = test::in_child([&] {
        constexpr rlim_t most = 64;
        const rlimit limit{.rlim_cur = most, .rlim_max = most};
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            return 1;
        }
        nest(outside, 12);
        std::vector<int> taken;
        const int rounds = test::is_slow ? 10 : 50;
        for (int round = 0; round < rounds; ++round) {
            nest(root, 12);
            std::atomic<bool> stop = false;
            auto mover = must(weld::thread::spawn([&] {
                while (!stop) {
                    (void)fs::rename(moved, place);
                    (void)fs::rename(place, moved);
                }
            }));
            for (int fd = 0; (fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0;) {
                taken.push_back(fd);
            }
            for (int i = 0; i < 3; ++i) {
                (void)::close(taken.back());
                taken.pop_back();
            }
            (void)fs::remove_dir_all(root);  // may find that a directory was moved away
            stop = true;
            std::move(mover).join();
            while (!taken.empty()) {
                (void)::close(taken.back());
                taken.pop_back();
            }
            for (const std::string& left : {root, place}) {
                if (must(fs::exists(left))) {
                    must(fs::remove_dir_all(left));
                }
            }
            if (!must(fs::exists(outside + "/d/d/d/d/d/d/d/d/d/d/d/d/file"))) {
                return 2;
            }
        }
        return 0;
    });
    CHECK(end.exited_with(0));
    CHECK(end.said == "");
}

TEST_CASE("remove_dir_all follows no link with trailing slashes, and refuses what cannot be removed by its name",
          "[promise:2.2]") {
    const test::TempDir scratch;
    must(fs::create_dir_all(scratch / "victim/sub"));
    must(fs::write(scratch / "victim/canary", ""));
    must(fs::symlink("victim", scratch / "link"));
    must(fs::symlink("victim", scratch / "other"));
    for (const char* path : {"victim/.", "victim/sub/..", "victim/./", ".", "..", "/", "//", "link/."}) {
        INFO(path);
        const std::string whole = path[0] == '/' ? path : scratch / path;
        CHECK(kind_of(fs::remove_dir_all(whole)) == Kind::InvalidInput);
        CHECK(must(fs::exists(scratch / "victim/canary")));
    }
    must(fs::remove_dir_all(scratch / "link/"));
    must(fs::remove_dir_all(std::string_view(scratch / "other//")));
    CHECK(must(fs::exists(scratch / "victim/canary")));
    CHECK(kind_of(fs::symlink_metadata(scratch / "link")) == Kind::NotFound);
    CHECK(kind_of(fs::symlink_metadata(scratch / "other")) == Kind::NotFound);
    must(fs::remove_dir_all(scratch / "victim//"));
}

TEST_CASE("two concurrent removals of one tree both succeed, unless one finds its root gone", "[soak][promise:2.2]") {
    const test::TempDir scratch(test::memory_directory());
    const int rounds = test::attack_rounds(test::is_slow ? 20 : 200);
    int other = 0;
    for (int round = 0; round < rounds; ++round) {
        must(fs::create_dir_all(scratch / "tree/a/b/c"));
        must(fs::create_dir_all(scratch / "tree/d/e"));
        must(fs::write(scratch / "tree/a/b/c/file", ""));
        std::atomic<int> failed = 0;
        weld::thread::scope([&](auto& scope) {
            for (int i = 0; i < 2; ++i) {
                must(scope.spawn([&] {
                    const auto removed = fs::remove_dir_all(scratch / "tree");
                    failed += removed || removed.error() == Kind::NotFound ? 0 : 1;
                }));
            }
        });
        other += failed;
        REQUIRE_FALSE(must(fs::exists(scratch / "tree")));
    }
    CHECK(other == 0);
}

TEST_CASE("remove_dir_all removes an unreadable empty directory, as the root and inside a tree") {
    const test::TempDir scratch;
    test::open_to_all(scratch.path());
    test::check_as_user([&] {
        for (const char* name : {"tree", "tree/closed", "alone", "full", "full/kept", "other"}) {
            must(fs::create_dir(scratch / name));
        }
        must(fs::write(scratch / "tree/file", ""));
        must(fs::write(scratch / "full/kept/file", ""));
        for (const char* name : {"tree/closed", "alone", "full/kept"}) {
            must(fs::set_permissions(scratch / name, fs::Permissions(0)));
        }
        must(fs::remove_dir_all(scratch / "tree"));
        must(fs::remove_dir_all(scratch / "alone"));
        int wrong = must(fs::exists(scratch / "tree")) || must(fs::exists(scratch / "alone")) ? 1 : 0;
        wrong |= kind_of(fs::remove_dir_all(scratch / "full")) == Kind::PermissionDenied ? 0 : 2;
        must(fs::set_permissions(scratch / "full/kept", fs::Permissions(0700)));
        wrong |= must(fs::exists(scratch / "full/kept/file")) ? 0 : 4;
        must(fs::remove_dir_all(scratch / "full"));
        return wrong;
    });
}
