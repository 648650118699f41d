// SPDX-License-Identifier: MIT
//
// Mounted file systems below a tree: walked, copied and removed with it, unless `one_file_system` is set.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <sched.h>
#include <sys/mount.h>
#include <set>
#include <string>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

/// Checks that `body`, called with a directory "tree" that has another file system mounted on "tree/sub/mounted",
/// returns zero. Skipped where the process may not mount.
template <class Body>
void check_with_mount(Body body) {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "tree/sub/mounted"));
    must(fs::write(dir / "tree/sub/file", ""));
    const auto end = test::in_child([&] {
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("none", (dir / "tree/sub/mounted").c_str(), "tmpfs", 0, nullptr) != 0) {
            return 77;
        }
        must(fs::create_dir(dir / "tree/sub/mounted/inner"));
        must(fs::write(dir / "tree/sub/mounted/inner/kept", "kept"));
        return body(dir.path());
    });
    if (end.exited_with(77)) {
        WARN("nothing can be mounted here: skipped");
    } else {
        CHECK(end.status == 0);
        CHECK(end.said == "");
    }
}

}  // namespace

TEST_CASE("a walk with one_file_system returns the mount point and does not enter it, in either order, sorted or not") {
    check_with_mount([](const std::string& dir) {
        const std::string tree = dir + "/tree";
        int wrong = 0;
        for (const bool one : {false, true}) {
            for (const bool contents_first : {false, true}) {
                for (const bool sorted : {false, true}) {
                    std::set<std::string> paths;
                    auto walk = must(
                        fs::walk(tree, {.one_file_system = one, .contents_first = contents_first, .sorted = sorted}));
                    for (const auto& item : walk) {
                        paths.insert(must(item).path().substr(tree.size()));
                    }
                    std::set<std::string> expected = {"", "/sub", "/sub/file", "/sub/mounted"};
                    if (!one) {
                        expected.insert({"/sub/mounted/inner", "/sub/mounted/inner/kept"});
                    }
                    wrong += paths == expected ? 0 : 1;
                }
            }
        }
        return wrong;
    });
}

TEST_CASE("remove_dir_all with one_file_system ends at a mount point, and the mounted file system keeps its contents") {
    check_with_mount([](const std::string& dir) {
        const std::string mounted = dir + "/tree/sub/mounted";
        const auto removed = fs::remove_dir_all(dir + "/tree", {.one_file_system = true});
        int wrong = !removed && removed.error() == Kind::CrossesDevices ? 0 : 1;
        wrong |= must(fs::read_to_string(mounted + "/inner/kept")) == "kept" ? 0 : 2;
        // Without the option the mounted file system is emptied, and the mount point itself is busy.
        wrong |= kind_of(fs::remove_dir_all(dir + "/tree")) == Kind::ResourceBusy ? 0 : 4;
        return wrong | (must(fs::exists(mounted + "/inner")) ? 8 : 0);
    });
}

TEST_CASE("copy_tree with one_file_system creates an empty directory for the mount point") {
    check_with_mount([](const std::string& dir) {
        must(fs::copy_tree(dir + "/tree", dir + "/one", {.one_file_system = true}));
        must(fs::copy_tree(dir + "/tree", dir + "/all"));
        return (must(fs::exists(dir + "/one/sub/mounted")) && must(fs::exists(dir + "/one/sub/file")) ? 0 : 1) |
               (must(fs::exists(dir + "/one/sub/mounted/inner")) ? 2 : 0) |
               (must(fs::read_to_string(dir + "/all/sub/mounted/inner/kept")) == "kept" ? 0 : 4);
    });
}
