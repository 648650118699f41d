// SPDX-License-Identifier: MIT
//
// Names: made, linked, looked for, removed, changed.
#include <support/soak.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

TEST_CASE("a directory is made with the mode that the umask leaves") {
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

TEST_CASE("a directory is not made over anything") {
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

TEST_CASE("remove_file removes a name that is no directory") {
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

TEST_CASE("a file that nobody may write is removed all the same") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    REQUIRE(::chmod((dir / "file").c_str(), 0400) == 0);
    must(fs::remove_file(dir / "file"));
    CHECK(kind_of(fs::metadata(dir / "file")) == Kind::NotFound);
}

TEST_CASE("remove_dir removes an empty directory alone") {
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

TEST_CASE("rename gives a name and replaces what had it") {
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

TEST_CASE("rename replaces and moves symbolic links, never their targets") {
    const test::TempDir dir;
    must(fs::write(dir / "target", "target"));
    must(fs::write(dir / "file", "file"));
    REQUIRE(::symlink("target", (dir / "link").c_str()) == 0);
    must(fs::rename(dir / "file", dir / "link"));
    CHECK(must(fs::symlink_metadata(dir / "link")).is_file());
    CHECK(must(fs::read_to_string(dir / "link")) == "file");
    CHECK(must(fs::read_to_string(dir / "target")) == "target");

    REQUIRE(::symlink("target", (dir / "second").c_str()) == 0);
    must(fs::rename(dir / "second", dir / "third"));
    CHECK(must(fs::symlink_metadata(dir / "third")).is_symlink());
    CHECK(must(fs::read_to_string(dir / "target")) == "target");
}

TEST_CASE("rename moves directories, and replaces none that holds anything") {
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
}

TEST_CASE("rename does not cross from one file system to another") {
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

TEST_CASE("file_create_new_dirs and recursive_mkdir: create_dir_all makes what is missing, however it is written") {
    const test::TempDir dir;
    for (const char* name : {"a", "a/b/c", "a/b/c", "d//e///f//", "g/./h/.", "i/../j", "a/b/../k"}) {
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

TEST_CASE("recursive_mkdir_failure: what is no directory is in the way of create_dir_all, and a link to one is not") {
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

TEST_CASE("concurrent_recursive_mkdir: many threads make the same path", "[soak]") {
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

TEST_CASE("hard links are other names of a file, and of a symbolic link itself") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "text"));
    must(fs::hard_link(dir / "file", dir / "other"));
    CHECK(must(fs::read_to_string(dir / "other")) == "text");
    CHECK(kind_of(fs::hard_link(dir / "file", dir / "other")) == Kind::AlreadyExists);
    CHECK(kind_of(fs::hard_link(dir / "missing", dir / "new")) == Kind::NotFound);
    must(fs::symlink("file", dir / "link"));
    must(fs::hard_link(dir / "link", dir / "link2"));  // symlink_hard_link
    CHECK(must(fs::symlink_metadata(dir / "link2")).is_symlink());
}

TEST_CASE("symbolic links say what they were given, of any length") {
    const test::TempDir dir;
    const std::string longest(4095, 'x');
    for (const std::string& target : {std::string("file"), std::string(255, 'y'), std::string(256, 'z'), longest}) {
        must(fs::symlink(target, dir / "link"));
        CHECK(must(fs::read_link(dir / "link")) == target);
        must(fs::remove_file(dir / "link"));
    }
    must(fs::write(dir / "file", ""));
    CHECK(kind_of(fs::read_link(dir / "file")) == Kind::InvalidInput);
    CHECK(kind_of(fs::read_link(dir / "missing")) == Kind::NotFound);
    CHECK(kind_of(fs::symlink(std::string("a\0b", 3), dir / "new")) == Kind::InvalidInput);
    CHECK(kind_of(fs::symlink("", dir / "new")) == Kind::NotFound);
}

TEST_CASE("canonicalize_works_simple: links and dots are gone from a canonical path") {
    const test::TempDir dir;
    const std::string real = std::filesystem::canonical(dir.path());
    must(fs::create_dir_all(dir / "a/b"));
    must(fs::symlink("a", dir / "link"));
    CHECK(must(fs::canonicalize(dir / "link/./b/..//b")) == real + "/a/b");
    CHECK(must(fs::canonicalize("/")) == "/");
    must(fs::symlink("loop", dir / "loop"));
    CHECK(kind_of(fs::canonicalize(dir / "loop")) == Kind::FilesystemLoop);
    CHECK(kind_of(fs::canonicalize(dir / "missing")) == Kind::NotFound);
}

TEST_CASE("exists follows links, and says when it cannot know") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    must(fs::symlink("nowhere", dir / "dangling"));
    CHECK(must(fs::exists(dir / "file")));
    CHECK_FALSE(must(fs::exists(dir / "missing")));
    CHECK_FALSE(must(fs::exists(dir / "dangling")));
    CHECK(kind_of(fs::exists(dir / "file/below")) == Kind::NotADirectory);
    CHECK(kind_of(fs::exists(std::string("a\0b", 3))) == Kind::InvalidInput);
}

TEST_CASE("permissions and times are set by name, through links or of the link itself") {
    using namespace std::chrono_literals;
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    must(fs::symlink("file", dir / "link"));
    must(fs::set_permissions(dir / "link", fs::Permissions(0400)));
    CHECK(must(fs::metadata(dir / "file")).permissions().readonly());
    const weld::time::SystemTime early(-7s + 3ns);
    must(fs::set_times(dir / "link", {.accessed = early, .modified = early}));
    CHECK(must(fs::metadata(dir / "file")).modified() == early);
    CHECK(must(fs::symlink_metadata(dir / "link")).modified() > early);
    must(fs::set_times_nofollow(dir / "link", {.accessed = {}, .modified = early + 1s}));
    CHECK(must(fs::symlink_metadata(dir / "link")).modified() == early + 1s);
    CHECK(must(fs::metadata(dir / "file")).modified() == early);
    CHECK(kind_of(fs::set_times(dir / "missing", {.accessed = {}, .modified = early})) == Kind::NotFound);
    CHECK(kind_of(fs::set_permissions(dir / "missing", fs::Permissions(0600))) == Kind::NotFound);
}

TEST_CASE("the earliest and the latest time are set as near as the file system keeps them") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    for (const auto time : {weld::time::SystemTime::min(), weld::time::SystemTime::max()}) {
        must(fs::set_times(dir / "file", {.accessed = {}, .modified = time}));
    }
    CHECK(must(fs::metadata(dir / "file")).modified() > weld::time::SystemTime());
}
