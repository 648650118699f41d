// SPDX-License-Identifier: MIT
//
// copy_tree: the permissions, the umask and the file descriptors that it needs. The rest is in copy.cpp.
#include <support/user.hpp>

#include <weld/fs.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <string>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

TEST_CASE("copy_tree works below directories that are searchable but not readable") {
    const test::TempDir dir;
    test::open_to_all(dir.path());
    must(fs::create_dir(dir / "home"));
    must(fs::create_dir(dir / "home/user"));
    test::open_to_all(dir / "home/user");
    REQUIRE(::chmod((dir / "home").c_str(), 0711) == 0);
    const std::string user = dir / "home/user";
    test::check_as_user([&] {
        must(fs::create_dir_all(user + "/a/sub"));
        must(fs::write(user + "/a/sub/file", "text"));
        must(fs::copy_tree(user + "/a", user + "/b"));
        return (must(fs::read_to_string(user + "/b/sub/file")) == "text" ? 0 : 1) |
               (kind_of(fs::copy_tree(user + "/a", user + "/a/sub/c")) == Kind::InvalidInput ? 0 : 2);
    });
}

TEST_CASE("copy_tree works where no directory above the current one is searchable") {
    const test::TempDir dir;
    test::open_to_all(dir.path());
    must(fs::create_dir(dir / "shut"));
    must(fs::create_dir(dir / "shut/inside"));
    test::open_to_all(dir / "shut/inside");
    REQUIRE(::chmod((dir / "shut").c_str(), 0700) == 0);
    const int inside = ::open((dir / "shut/inside").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(inside >= 0);
    test::check_as_user([&] {
        if (::fchdir(inside) != 0) {
            return 1;
        }
        must(fs::create_dir("a"));
        must(fs::write("a/file", "text"));
        must(fs::copy_tree("a", "b"));
        return must(fs::read_to_string("b/file")) == "text" ? 0 : 2;
    });
    ::close(inside);
}

TEST_CASE(
    "a umask that removes the owner's permissions stops neither copy_tree nor TempDir, and permissions are exact") {
    for (const mode_t mask : {0277U, 0477U, 0777U, 0222U}) {
        INFO(mask);
        const test::TempDir dir;
        test::open_to_all(dir.path());
        test::check_as_user([&] {
            must(fs::create_dir_all(dir / "from/sub"));
            must(fs::write(dir / "from/sub/file", "text"));
            must(fs::set_permissions(dir / "from", fs::Permissions(0750)));
            must(fs::set_permissions(dir / "from/sub", fs::Permissions(0500)));
            must(fs::set_permissions(dir / "from/sub/file", fs::Permissions(0640)));
            ::umask(mask);
            must(fs::copy_tree(dir / "from", dir / "to"));
            const auto mode = [&](std::string_view name) {
                return must(fs::metadata(dir / name)).permissions().mode();
            };
            int wrong =
                (mode("to") == 0750 ? 0 : 1) | (mode("to/sub") == 0500 ? 0 : 2) | (mode("to/sub/file") == 0640 ? 0 : 4);
            {
                const fs::TempDir temp = must(fs::TempDir::create(dir.path()));
                wrong |= must(fs::metadata(temp.path())).permissions().mode() == 0700 ? 0 : 8;
                must(fs::create_dir(temp.path() + "/inside"));
                wrong |= must(fs::exists(temp.path() + "/inside")) ? 0 : 16;
                must(fs::set_permissions(temp.path() + "/inside", fs::Permissions(0700)));
            }
            for (const char* name : {"to/sub", "from/sub"}) {
                must(fs::set_permissions(dir / name, fs::Permissions(0700)));
            }
            return wrong;
        });
    }
}

TEST_CASE("a hundred nested directories with files are walked, copied and removed with ten file descriptors") {
    const test::TempDir dir(test::memory_directory());
    std::string path = dir / "tree";
    for (int level = 0; level < 100; ++level) {
        must(fs::create_dir(path));
        must(fs::write(path + "/file", "text"));
        path += "/d";
    }
    const auto end = test::in_child([&] {
        ::close_range(3, ~0U, 0);
        const rlimit few{.rlim_cur = 13, .rlim_max = 13};
        if (::setrlimit(RLIMIT_NOFILE, &few) != 0) {
            return 77;
        }
        must(fs::copy_tree(dir / "tree", dir / "copy"));
        int items = 0;
        int files = 0;
        for (const bool contents_first : {false, true}) {
            auto walk = must(fs::walk(dir / "copy", {.contents_first = contents_first}));
            for (const auto& item : walk) {
                const auto& entry = must(item);
                ++items;
                files += entry.file_type() == fs::FileType::File && must(entry.metadata()).len() == 4 ? 1 : 0;
            }
        }
        must(fs::remove_dir_all(dir / "copy"));
        return (items == 400 ? 0 : 1) | (files == 200 ? 0 : 2) | (must(fs::exists(dir / "copy")) ? 4 : 0);
    });
    CHECK(end.exited_with(0));
    CHECK(end.said == "");
}

TEST_CASE("a copy that ignores permissions gives those of any new file and directory") {
    const test::TempDir dir;
    must(fs::create_dir_all(dir / "from/sub"));
    must(fs::write(dir / "from/file", "text"));
    must(fs::set_permissions(dir / "from/file", fs::Permissions(0666)));
    must(fs::set_permissions(dir / "from/sub", fs::Permissions(0777)));
    const fs::CopyOptions options{.permissions = fs::CopyPermissions::Ignore};
    const mode_t before = ::umask(027);
    must(fs::copy_tree(dir / "from", dir / "to", options));
    must(fs::copy(dir / "from/file", dir / "file", options));
    ::umask(before);
    CHECK(must(fs::metadata(dir / "to/file")).permissions().mode() == 0640);
    CHECK(must(fs::metadata(dir / "to/sub")).permissions().mode() == 0750);
    CHECK(must(fs::metadata(dir / "file")).permissions().mode() == 0640);
    must(fs::set_permissions(dir / "file", fs::Permissions(0604)));
    must(fs::copy(dir / "from/file", dir / "file", options));
    CHECK(must(fs::metadata(dir / "file")).permissions().mode() == 0604);
}
