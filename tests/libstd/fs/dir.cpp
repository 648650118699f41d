// SPDX-License-Identifier: MIT
//
// Dir: the functions of fs relative to an open directory, also after that was moved.
#include <support/user.hpp>

#include <weld/fs.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace fs = weld::fs;
using fs::Dir;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

std::vector<std::string> names_in(const Dir& dir) {
    std::vector<std::string> names;
    for (const auto& entry : must(dir.entries())) {
        names.emplace_back(must(entry).name());
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace

TEST_CASE("a Dir creates, finds, changes and removes files and names relative to itself") {
    const test::TempDir scratch;
    const Dir dir = must(Dir::open(scratch.path()));
    must(dir.write("file", "text"));
    CHECK(must(dir.read_to_string("file")) == "text");
    CHECK(must(dir.read("file")).size() == 4);
    must(must(dir.open_file("file", {.append = true})).write(test::bytes("!")));
    must(dir.create_dir_all("a/b"));
    must(dir.create_dir("c"));
    must(dir.symlink("file", "link"));
    CHECK(must(dir.read_link("link")) == "file");
    CHECK(must(dir.metadata("link")).len() == 5);
    CHECK(must(dir.symlink_metadata("link")).is_symlink());
    CHECK(must(dir.exists("link")));
    CHECK_FALSE(must(dir.exists("missing")));
    const Dir inner = must(dir.open_dir("a/b"));
    must(dir.hard_link("file", inner, "linked"));
    must(dir.rename("file", inner, "moved"));
    CHECK(names_in(inner) == std::vector<std::string>{"linked", "moved"});
    CHECK(names_in(inner).size() == 2);  // starts from the first entry again
    must(inner.set_permissions("moved", fs::Permissions(0400)));
    CHECK(must(inner.metadata("linked")).permissions().readonly());
    must(inner.set_times("moved", {.accessed = {}, .modified = weld::time::SystemTime()}));
    CHECK(must(must(inner.open_file("linked")).metadata()).modified() == weld::time::SystemTime());
    must(dir.set_times_nofollow("link", {.accessed = {}, .modified = weld::time::SystemTime()}));
    CHECK(must(dir.symlink_metadata("link")).modified() == weld::time::SystemTime());
    must(inner.remove_file("moved"));
    must(dir.remove_dir("c"));
    must(dir.sync_all());
    CHECK(names_in(dir) == std::vector<std::string>{"a", "link"});
    CHECK(must(must(dir.read_dir("a")).next()[0]).name() == "b");
}

TEST_CASE("a Dir still refers to its directory after that was renamed or removed") {
    const test::TempDir scratch;
    must(fs::create_dir(scratch / "old"));
    const Dir dir = must(Dir::open(scratch / "old"));
    must(fs::rename(scratch / "old", scratch / "new"));
    must(fs::create_dir(scratch / "old"));
    must(dir.write("file", ""));
    CHECK(must(fs::exists(scratch / "new/file")));
    must(dir.remove_file("file"));
    must(fs::remove_dir(scratch / "new"));
    CHECK(kind_of(dir.write("file", "")) == Kind::NotFound);
    CHECK(names_in(dir).empty());
}

TEST_CASE("Dir::open refuses what is no directory, and its errors name the call") {
    const test::TempDir scratch;
    const Dir dir = must(Dir::open(scratch.path()));
    must(dir.write("file", ""));
    CHECK(kind_of(Dir::open(scratch / "file")) == Kind::NotADirectory);
    CHECK(kind_of(dir.open_dir("missing")) == Kind::NotFound);
    CHECK(kind_of(dir.open_file(std::string("a\0b", 3))) == Kind::InvalidInput);
    CHECK(std::string(dir.remove_dir("file").error().operation()) == "remove_dir");
    CHECK(kind_of(dir.open_file("file", {})) == Kind::InvalidInput);
}

TEST_CASE("the handle converts to the layer below and back, and no child inherits it or its clone") {
    const test::TempDir scratch;
    Dir dir = must(Dir::open(scratch.path()));
    const Dir clone = must(dir.try_clone());
    CHECK(::fcntl(dir.as_handle().raw(), F_GETFD) == FD_CLOEXEC);
    CHECK(::fcntl(clone.as_handle().raw(), F_GETFD) == FD_CLOEXEC);
    must(clone.write("file", ""));
    Dir again = Dir::from_handle(std::move(dir).into_handle());
    CHECK(must(again.metadata()).is_dir());
    CHECK(must(again.exists("file")));
    must(std::move(again).close());
}

TEST_CASE("the path of an entry leads to it from anywhere, also after its directory was moved") {
    const test::TempDir scratch;
    const std::string real = must(fs::canonicalize(scratch.path()));
    must(fs::create_dir_all(scratch / "dir/sub"));
    must(fs::write(scratch / "dir/sub/file", "text"));
    const Dir dir = must(Dir::open(scratch / "dir"));
    const auto only_path = [](fs::ReadDir entries) { return must(*entries.next()).path(); };
    CHECK(only_path(must(dir.entries())) == real + "/dir/sub");
    CHECK(only_path(must(dir.read_dir("sub"))) == real + "/dir/sub/file");
    CHECK(must(fs::read_to_string(only_path(must(dir.read_dir("./sub/"))))) == "text");
    CHECK(only_path(must(dir.read_dir(scratch / "dir/sub"))) == scratch / "dir/sub/file");
    must(fs::rename(scratch / "dir", scratch / "moved"));
    CHECK(only_path(must(dir.entries())) == real + "/moved/sub");
    CHECK(only_path(must(fs::read_dir(scratch / "moved"))) == scratch / "moved/sub");
}

TEST_CASE("the path of an entry is empty once its directory was removed, whatever has the path that it had") {
    const test::TempDir scratch;
    const std::string real = must(fs::canonicalize(scratch.path()));
    for (const char* name : {"dir", "dir (deleted)"}) {
        must(fs::create_dir(scratch / name));
        must(fs::write(scratch / name + "/file", "text"));
        const Dir dir = must(Dir::open(scratch / name));
        fs::ReadDir entries = must(dir.entries());
        const fs::DirEntry& entry = must(*entries.next());
        CHECK(entry.path() == real + "/" + name + "/file");
        must(fs::remove_dir_all(scratch / name));
        CHECK(entry.path() == "");
        must(fs::create_dir(scratch / name));
        must(fs::create_dir(scratch / name + " (deleted)"));  // the path of the first one, as /proc shows it
        CHECK(entry.path() == "");
        must(fs::remove_dir_all(scratch / name + " (deleted)"));
        must(fs::remove_dir_all(scratch / name));
    }
}

TEST_CASE("a Dir that is searchable but not readable serves everything except its entries") {
    const test::TempDir scratch;
    must(fs::create_dir_all(scratch / "dir/sub"));
    must(fs::write(scratch / "dir/file", "text"));
    REQUIRE(::chmod((scratch / "dir/file").c_str(), 0644) == 0);
    REQUIRE(::chmod((scratch / "dir/sub").c_str(), 0711) == 0);
    test::open_to_all(scratch.path());
    REQUIRE(::chmod((scratch / "dir").c_str(), 0711) == 0);
    test::check_as_user([&] {
        const Dir dir = must(Dir::open(scratch / "dir"));
        const Dir clone = must(must(dir.open_dir("sub")).try_clone());
        return (must(dir.read_to_string("file")) == "text" ? 0 : 1) | (must(dir.metadata()).is_dir() ? 0 : 2) |
               (must(dir.exists("sub")) ? 0 : 4) | (kind_of(dir.entries()) == Kind::PermissionDenied ? 0 : 8) |
               (kind_of(dir.sync_all()) == Kind::PermissionDenied ? 0 : 16) |
               (kind_of(dir.open_dir("file")) == Kind::NotADirectory ? 0 : 32) |
               (must(clone.metadata()).is_dir() ? 0 : 64);
    });
}
