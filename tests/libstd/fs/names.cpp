// SPDX-License-Identifier: MIT
//
// Names: created, linked, looked up, changed and removed.
#include <support/soak.hpp>
#include <support/user.hpp>

#include <weld/env.hpp>
#include <weld/fs.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

TEST_CASE("create_dir creates a directory with the mode less the umask") {
    const test::TempDir dir;
    const mode_t before = ::umask(027);
    must(fs::create_dir(dir / "new"));
    ::umask(before);
    struct stat status{};
    REQUIRE(::stat((dir / "new").c_str(), &status) == 0);
    CHECK(S_ISDIR(status.st_mode));
    CHECK((status.st_mode & 0777U) == 0750);
    must(fs::create_dir(dir / "slash/"));
    CHECK(must(fs::metadata(dir / "slash")).is_dir());
}

TEST_CASE("create_dir refuses an existing name", "[rust:mkdir_path_already_exists_error]") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "dir"));
    must(fs::write(dir / "file", ""));
    REQUIRE(::symlink("missing", (dir / "link").c_str()) == 0);
    for (const char* name : {"dir", "dir/", "file", "link"}) {
        INFO(name);
        CHECK(kind_of(fs::create_dir(dir / name)) == Kind::AlreadyExists);
    }
    CHECK(kind_of(fs::create_dir(dir / "missing/dir")) == Kind::NotFound);
    CHECK(kind_of(fs::create_dir(dir / "file/dir")) == Kind::NotADirectory);
}

TEST_CASE("remove_file removes a name that is no directory",
          "[rust:file_test_iounlinking_invalid_path_should_raise_condition]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "kept"));
    REQUIRE(::link((dir / "file").c_str(), (dir / "second").c_str()) == 0);
    REQUIRE(::symlink("second", (dir / "link").c_str()) == 0);
    REQUIRE(::symlink(dir.path().c_str(), (dir / "to_dir").c_str()) == 0);
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    must(fs::create_dir(dir / "dir"));
    must(fs::remove_file(dir / "file"));
    CHECK(must(fs::read_to_string(dir / "second")) == "kept");
    must(fs::remove_file(dir / "link"));
    must(fs::remove_file(dir / "to_dir"));
    must(fs::remove_file(dir / "fifo"));
    CHECK(must(fs::read_to_string(dir / "second")) == "kept");
    CHECK(kind_of(fs::remove_file(dir / "dir")) == Kind::IsADirectory);
    CHECK(must(fs::metadata(dir / "dir")).is_dir());
    CHECK(kind_of(fs::remove_file(dir / "file")) == Kind::NotFound);
    must(fs::remove_file(dir / "second"));
    CHECK_FALSE(std::filesystem::exists(dir / "second"));
}

TEST_CASE("remove_file removes a read-only file", "[rust:unlink_readonly]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    REQUIRE(::chmod((dir / "file").c_str(), 0400) == 0);
    must(fs::remove_file(dir / "file"));
    CHECK(kind_of(fs::metadata(dir / "file")) == Kind::NotFound);
}

TEST_CASE("remove_dir removes only an empty directory") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "dir"));
    must(fs::write(dir / "dir/file", ""));
    REQUIRE(::symlink("dir", (dir / "link").c_str()) == 0);
    CHECK(kind_of(fs::remove_dir(dir / "dir")) == Kind::DirectoryNotEmpty);
    CHECK(kind_of(fs::remove_dir(dir / "dir/file")) == Kind::NotADirectory);
    CHECK(kind_of(fs::remove_dir(dir / "link")) == Kind::NotADirectory);
    CHECK(kind_of(fs::remove_dir(dir / "missing")) == Kind::NotFound);
    must(fs::remove_file(dir / "dir/file"));
    must(fs::remove_dir(dir / "dir"));
    CHECK_FALSE(std::filesystem::exists(dir / "dir"));
}

TEST_CASE("rename gives a file a new name and replaces the file that had it") {
    const test::TempDir dir;
    must(fs::write(dir / "one", "first"));
    must(fs::write(dir / "two", "second"));
    must(fs::rename(dir / "one", dir / "three"));
    CHECK(must(fs::read_to_string(dir / "three")) == "first");
    CHECK_FALSE(std::filesystem::exists(dir / "one"));
    must(fs::rename(dir / "three", dir / "two"));
    CHECK(must(fs::read_to_string(dir / "two")) == "first");
    CHECK_FALSE(std::filesystem::exists(dir / "three"));
    must(fs::rename(dir / "two", dir / "two"));
    CHECK(must(fs::read_to_string(dir / "two")) == "first");
    CHECK(kind_of(fs::rename(dir / "one", dir / "two")) == Kind::NotFound);
    CHECK(must(fs::read_to_string(dir / "two")) == "first");
}

TEST_CASE("rename moves directories, and replaces only an empty one", "[rust:rename_directory]") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "dir"));
    must(fs::write(dir / "dir/file", "x"));
    must(fs::create_dir(dir / "empty"));
    must(fs::create_dir(dir / "full"));
    must(fs::write(dir / "full/file", "y"));
    must(fs::write(dir / "file", "z"));
    CHECK(kind_of(fs::rename(dir / "dir", dir / "full")) == Kind::DirectoryNotEmpty);
    CHECK(kind_of(fs::rename(dir / "dir", dir / "file")) == Kind::NotADirectory);
    CHECK(kind_of(fs::rename(dir / "file", dir / "empty")) == Kind::IsADirectory);
    CHECK(kind_of(fs::rename(dir / "dir", dir / "dir/inside")) == Kind::InvalidInput);
    must(fs::rename(dir / "dir", dir / "empty"));
    CHECK(must(fs::read_to_string(dir / "empty/file")) == "x");
    CHECK_FALSE(std::filesystem::exists(dir / "dir"));
    must(fs::rename(dir / "empty", dir / "full/new"));
    CHECK(must(fs::metadata(dir / "full/new")).is_dir());
    CHECK(must(fs::read_to_string(dir / "full/new/file")) == "x");
    CHECK_FALSE(std::filesystem::exists(dir / "empty"));
}

TEST_CASE("rename between file systems is CrossesDevices") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "kept"));
    struct stat here{};
    struct stat there{};
    if (::stat(dir.path().c_str(), &here) != 0 || ::stat("/dev/shm", &there) != 0 || here.st_dev == there.st_dev) {
        WARN("no second file system that can be written: skipped");
        return;
    }
    const std::string target = "/dev/shm/weld-test-" + std::to_string(::getpid());
    CHECK(kind_of(fs::rename(dir / "file", target)) == Kind::CrossesDevices);
    CHECK(must(fs::read_to_string(dir / "file")) == "kept");
}

TEST_CASE("an error names the call that failed") {
    const auto operation = [](const weld::Result<void>& result) {
        return std::string_view(result.error().operation());
    };
    CHECK(operation(fs::create_dir("/no/such")) == "create_dir");
    CHECK(operation(fs::remove_file("/no/such")) == "remove_file");
    CHECK(operation(fs::remove_dir("/no/such")) == "remove_dir");
    CHECK(operation(fs::rename("/no/such", "/no/other")) == "rename");
    CHECK(operation(fs::rename("/no/such", std::string(5000, 'x'))) == "rename");
}

TEST_CASE("create_dir_all creates missing directories, however the path is written",
          "[promise:2.4][rust:recursive_mkdir][rust:recursive_mkdir_slash][rust:recursive_mkdir_dot]"
          "[rust:recursive_mkdir_empty][rust:mkdir_trailing_slash]") {
    const test::TempDir dir;
    for (const char* name : {"a", "a/b/c", "a/b/c", "d//e///f//", "l/m/", "g/./h/.", "i/../j", "a/b/../k"}) {
        INFO(name);
        must(fs::create_dir_all(dir / name));
        CHECK(must(fs::metadata(dir / name)).is_dir());
    }
    CHECK(must(fs::metadata(dir / "i")).is_dir());
    must(fs::create_dir_all(""));
    must(fs::create_dir_all("/"));
    must(fs::create_dir_all("."));
    must(fs::create_dir_all(std::string_view("/tmp/x", 4)));
}

TEST_CASE("create_dir_all fails where a component is no directory, and accepts a link to one",
          "[promise:2.4][rust:recursive_mkdir_failure]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    CHECK(kind_of(fs::create_dir_all(dir / "file")) == Kind::AlreadyExists);
    CHECK(kind_of(fs::create_dir_all(dir / "file/below/it")) == Kind::NotADirectory);
    must(fs::symlink("nowhere", dir / "dangling"));
    CHECK(kind_of(fs::create_dir_all(dir / "dangling")) == Kind::AlreadyExists);
    must(fs::create_dir(dir / "real"));
    must(fs::symlink("real", dir / "link"));
    must(fs::create_dir_all(dir / "link"));
    must(fs::create_dir_all(dir / "link/below"));
    CHECK(must(fs::metadata(dir / "real/below")).is_dir());
    CHECK(kind_of(fs::create_dir_all(std::string("a\0b", 3))) == Kind::InvalidInput);
}

TEST_CASE("create_dir_all of a bare name creates it in the current directory", "[rust:create_dir_all_bare]") {
    const test::TempDir dir;
    const auto end = test::in_child([&] {
        if (::chdir(dir.path().c_str()) != 0) {
            return 1;
        }
        must(fs::create_dir_all("bare"));
        must(fs::create_dir_all("deep/bare/"));
        return must(fs::metadata("bare")).is_dir() && must(fs::metadata(dir / "deep/bare")).is_dir() ? 0 : 2;
    });
    CHECK(end.exited_with(0));
    CHECK(must(fs::metadata(dir / "bare")).is_dir());
}

TEST_CASE("create_dir accepts long paths, and an empty path is NotFound", "[rust:create_dir_long_paths]") {
    const test::TempDir dir;
    std::string path = dir / "a";
    path += std::string(247 - std::min<std::size_t>(path.size(), 246), 'a');
    for (int more = 0; more < 3; ++more) {  // 247 to 249 bytes
        must(fs::create_dir(path));
        CHECK(must(fs::metadata(path)).is_dir());
        path += 'a';
    }
    for (path = dir.path(); path.size() < 3900;) {
        path += "/" + std::string(100, 'b');
        must(fs::create_dir(path));
    }
    CHECK(must(fs::metadata(path)).is_dir());
    CHECK(kind_of(fs::canonicalize("")) == Kind::NotFound);
}

TEST_CASE("all twelve bits of a mode are set and read back", "[rust:set_get_unix_permissions]") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "dir"));
    must(fs::write(dir / "file", ""));
    for (const std::uint32_t mode : {0U, 01777U, 04755U, 02750U, 06711U, 07777U, 0644U, 0700U}) {
        INFO(mode);
        for (const char* name : {"dir", "file"}) {
            must(fs::set_permissions(dir / name, fs::Permissions(mode)));
            CHECK(must(fs::metadata(dir / name)).permissions().mode() == mode);
        }
    }
}

TEST_CASE("set_permissions makes a file read-only by its name, and fails for a missing one", "[rust:chmod_works]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    fs::Permissions permissions = must(fs::metadata(dir / "file")).permissions();
    CHECK_FALSE(permissions.readonly());
    permissions.set_readonly(true);
    must(fs::set_permissions(dir / "file", permissions));
    CHECK(must(fs::metadata(dir / "file")).permissions().readonly());
    CHECK(kind_of(fs::set_permissions(dir / "missing", permissions)) == Kind::NotFound);
    permissions.set_readonly(false);
    must(fs::set_permissions(dir / "file", permissions));
    CHECK_FALSE(must(fs::metadata(dir / "file")).permissions().readonly());
}

TEST_CASE("many threads create the same path with create_dir_all",
          "[soak][promise:2.4][rust:concurrent_recursive_mkdir]") {
    const test::TempDir dir(test::memory_directory());
    const int rounds = test::attack_rounds(50);
    for (int round = 0; round < rounds; ++round) {
        (void)fs::remove_dir_all(dir / "round");
        const std::string path = dir / "round/a/b/c/d/e/f/g/h";
        std::atomic<int> failed = 0;
        weld::thread::scope([&](auto& scope) {
            for (int i = 0; i < 8; ++i) {
                must(scope.spawn([&] { failed += fs::create_dir_all(path) ? 0 : 1; }));
            }
        });
        REQUIRE(failed == 0);
        REQUIRE(must(fs::metadata(path)).is_dir());
    }
}

TEST_CASE("exists is true from the creation of a name to its removal",
          "[rust:file_test_fileinfo_check_exists_before_and_after_file_creation]"
          "[rust:file_test_directoryinfo_check_exists_before_and_after_mkdir]") {
    const test::TempDir dir;
    CHECK_FALSE(must(fs::exists(dir / "file")));
    must(must(fs::File::create(dir / "file")).write(test::bytes("foo")));
    CHECK(must(fs::exists(dir / "file")));
    must(fs::remove_file(dir / "file"));
    CHECK_FALSE(must(fs::exists(dir / "file")));
    CHECK_FALSE(must(fs::exists(dir / "dir")));
    must(fs::create_dir(dir / "dir"));
    CHECK(must(fs::exists(dir / "dir")));
    CHECK(must(fs::metadata(dir / "dir")).is_dir());
    must(fs::remove_dir(dir / "dir"));
    CHECK_FALSE(must(fs::exists(dir / "dir")));
}

TEST_CASE("exists finds names in any script, and no others", "[rust:unicode_path_is_dir][rust:unicode_path_exists]") {
    const test::TempDir dir;
    const std::string made = dir / "test-\xea\xb0\x80\xe4\xb8\x80\xe3\x83\xbc";
    must(fs::create_dir(made));
    CHECK(must(fs::metadata(".")).is_dir());
    CHECK(must(fs::exists(".")));
    CHECK(must(fs::exists(made)));
    CHECK(must(fs::metadata(made)).is_dir());
    const std::string file = made + "/\xe4\xbd\xa0\xe5\xa5\xbd.rs";
    must(fs::write(file, ""));
    CHECK(must(fs::exists(file)));
    CHECK_FALSE(must(fs::metadata(file)).is_dir());
    CHECK_FALSE(must(fs::exists(dir / "test-\xea\xb0\x81\xe4\xb8\x80\xe3\x83\xbc")));
}

TEST_CASE("exists follows symbolic links, and is an error when it cannot know", "[promise:2.11]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    must(fs::symlink("nowhere", dir / "dangling"));
    CHECK(must(fs::exists(dir / "file")));
    CHECK_FALSE(must(fs::exists(dir / "missing")));
    CHECK_FALSE(must(fs::exists(dir / "dangling")));
    CHECK(kind_of(fs::exists(dir / "file/below")) == Kind::NotADirectory);
    CHECK(kind_of(fs::exists(std::string("a\0b", 3))) == Kind::InvalidInput);
}

TEST_CASE("the earliest and the latest time are set as closely as the file system stores them") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    for (const auto time : {weld::time::SystemTime::min(), weld::time::SystemTime::max()}) {
        must(fs::set_times(dir / "file", {.accessed = {}, .modified = time}));
    }
    CHECK(must(fs::metadata(dir / "file")).modified() > weld::time::SystemTime());
}

TEST_CASE("create_dir_all makes new parents writable for their owner, whatever the mode and the umask") {
    const test::TempDir dir;
    test::open_to_all(dir.path());
    const auto check = [&] {
        const auto mode = [&](std::string_view name) { return must(fs::metadata(dir / name)).permissions().mode(); };
        ::umask(0);
        must(fs::create_dir_all(dir / "a/b/c", 0500));
        int wrong = mode("a") == 0700 && mode("a/b") == 0700 && mode("a/b/c") == 0500 ? 0 : 1;
        ::umask(0222);
        must(fs::create_dir_all(dir / "d/e/f"));
        wrong |= mode("d") == 0755 && mode("d/e") == 0755 && mode("d/e/f") == 0555 ? 0 : 2;
        ::umask(0777);
        must(fs::create_dir_all(dir / "g/h/"));
        wrong |= mode("g") == 0300 && mode("g/h") == 0 ? 0 : 4;
        // An existing directory keeps its mode.
        ::umask(0);
        must(fs::create_dir_all(dir / "d/e/f", 0700));
        wrong |= mode("d/e/f") == 0555 ? 0 : 8;
        for (const char* name : {"a", "a/b", "a/b/c", "d", "d/e", "d/e/f", "g", "g/h"}) {
            must(fs::set_permissions(dir / name, fs::Permissions(0700)));
        }
        for (const char* name : {"a", "d", "g"}) {
            must(fs::remove_dir_all(dir / name));
        }
        return wrong;
    };
    test::check_as_user(check);
    const auto end = test::in_child(check);  // as root, if this is root
    CHECK(end.exited_with(0));
    CHECK(end.said == "");
}

TEST_CASE("current_dir and canonicalize work in a current directory of any depth") {
    const test::TempDir dir;
    const std::string name(220, 'd');
    const auto end = test::in_child([&] {
        std::string expected = must(fs::canonicalize(dir.path()));
        must(weld::env::set_current_dir(dir.path()));
        for (int level = 0; level < 50; ++level) {
            must(fs::create_dir(name));
            must(weld::env::set_current_dir(name));
            expected += "/" + name;
        }
        must(fs::create_dir("sub"));
        must(fs::write("sub/file", ""));
        must(fs::symlink("sub/../sub/.", "link"));
        must(fs::symlink("/", "root"));
        must(fs::symlink("loop", "loop"));
        const std::string parent = expected.substr(0, expected.rfind('/'));
        int wrong = must(weld::env::current_dir()) == expected ? 0 : 1;
        wrong |= must(fs::canonicalize(".")) == expected ? 0 : 2;
        wrong |= must(fs::canonicalize("link/file")) == expected + "/sub/file" ? 0 : 4;
        wrong |= must(fs::canonicalize("sub//../..")) == parent ? 0 : 8;
        wrong |= must(fs::canonicalize("root")) == "/" ? 0 : 16;
        wrong |= kind_of(fs::canonicalize("missing")) == Kind::NotFound ? 0 : 32;
        wrong |= kind_of(fs::canonicalize("sub/file/x")) == Kind::NotADirectory ? 0 : 64;
        wrong |= kind_of(fs::canonicalize("loop")) == Kind::FilesystemLoop ? 0 : 128;
        return wrong;
    });
    CHECK(end.exited_with(0));
    CHECK(end.said == "");
    must(fs::remove_dir_all(dir / name));
}
