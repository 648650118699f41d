// SPDX-License-Identifier: MIT
//
// Names: made, removed, changed.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <string>

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
