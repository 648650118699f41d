// SPDX-License-Identifier: MIT
//
// A current directory whose path is longer than what a system call takes (4,096 bytes): its name, canonical paths, and
// relative paths in it.
#include <support/words.hpp>

#include <weld/env.hpp>
#include <weld/fs.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>
#include <string>

namespace env = weld::env;
namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

constexpr int levels = 55;

const std::string name(200, 'n');

/// Makes nested directories, each with a link `up` to the one above, the current directory, and returns the path.
std::string enter_deep(const std::string& root) {
    std::string path = must(fs::canonicalize(root));
    REQUIRE(::chdir(path.c_str()) == 0);
    for (int level = 0; level < levels; ++level) {
        must(fs::create_dir(name));
        must(fs::symlink("..", "up"));
        REQUIRE(::chdir(name.c_str()) == 0);
        path += "/" + name;
    }
    return path;
}

/// Checks that `body(path)` returns zero in a child whose current directory is deep.
template <class Body>
void check_deep(Body body) {
    const test::TempDir dir;
    const auto end = test::in_child([&] { return body(enter_deep(dir.path())); });
    CHECK(end.exited_with(0));
    CHECK(end.said == "");
}

}  // namespace

TEST_CASE("current_dir and canonicalize return paths that are longer than a system call takes") {
    check_deep([](const std::string& path) {
        const std::string above = path.substr(0, path.size() - name.size() - 1);
        return (must(env::current_dir()) == path ? 0 : 1) | (must(fs::canonicalize(".")) == path ? 0 : 2) |
               (must(fs::canonicalize("../" + name + "/./")) == path ? 0 : 4) |
               (must(fs::canonicalize("../../" + name + "/up/" + name)) == above ? 0 : 8) |
               (kind_of(fs::canonicalize("missing")) == Kind::NotFound ? 0 : 16);
    });
}

TEST_CASE("current_dir and canonicalize of long paths need two file descriptors") {
    check_deep([](const std::string& path) {
        constexpr rlim_t most = 64;
        const rlimit limit{.rlim_cur = most, .rlim_max = most};
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            return 1;
        }
        int last = -1;
        for (int fd = 0; fd >= 0; fd = ::open("/dev/null", O_RDONLY | O_CLOEXEC)) {
            last = fd;
        }
        (void)::close(last);
        (void)::close(last - 1);
        return (must(env::current_dir()) == path ? 0 : 2) | (must(fs::canonicalize("../" + name)) == path ? 0 : 4);
    });
}

TEST_CASE("relative paths work in a directory whose path is longer than a system call takes") {
    check_deep([](const std::string&) {
        {
            const fs::TempDir temp = must(fs::TempDir::create("."));
            must(fs::write_atomic(temp.path() + "/file", "text"));
            must(fs::create_dir_all(temp.path() + "/a/b"));
            must(fs::copy_tree(temp.path(), "copy"));
        }
        if (must(fs::read_to_string("copy/file")) != "text") {
            return 1;
        }
        const fs::Dir dir = must(fs::Dir::open("copy"));
        int found = 0;
        for (const auto& entry : *dir.entries()) {
            found += must(fs::exists(must(entry).path())) ? 1 : 0;
        }
        must(fs::remove_dir_all("copy"));
        int left = 0;
        for (const auto& entry : *fs::read_dir(".")) {
            left += entry ? 1 : 0;
        }
        return found == 2 && left == 0 ? 0 : 2;
    });
}
