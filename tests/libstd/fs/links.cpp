// SPDX-License-Identifier: MIT
//
// Links: hard and symbolic ones, the functions that follow them and those that do not, and canonical paths.
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/os/unix.hpp>

#include <unistd.h>
#include <chrono>
#include <filesystem>
#include <string>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

TEST_CASE("hard_link gives a file another name, and fails for a missing file or an existing name",
          "[rust:links_work]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "text"));
    must(fs::hard_link(dir / "file", dir / "other"));
    CHECK(must(fs::metadata(dir / "other")).len() == must(fs::metadata(dir / "file")).len());
    CHECK(weld::os::nlink(must(fs::metadata(dir / "other"))) == 2);
    CHECK(must(fs::read_to_string(dir / "other")) == "text");
    CHECK(kind_of(fs::hard_link(dir / "file", dir / "file")) == Kind::AlreadyExists);
    CHECK(kind_of(fs::hard_link(dir / "file", dir / "other")) == Kind::AlreadyExists);
    CHECK(kind_of(fs::hard_link(dir / "missing", dir / "new")) == Kind::NotFound);
    CHECK_FALSE(must(fs::exists(dir / "new")));
}

TEST_CASE("a hard link of a symbolic link is the link itself, whatever happens to its target",
          "[promise:2.11][rust:symlink_hard_link]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    must(fs::symlink("file", dir / "symlink"));
    must(fs::hard_link(dir / "symlink", dir / "hard_link"));
    CHECK(must(fs::symlink_metadata(dir / "hard_link")).is_symlink());
    CHECK_FALSE(must(fs::metadata(dir / "hard_link")).is_symlink());
    must(fs::File::open(dir / "symlink"));
    must(fs::File::open(dir / "hard_link"));
    must(fs::rename(dir / "file", dir / "renamed"));
    must(fs::File::open(dir / "renamed"));
    for (const char* name : {"symlink", "hard_link"}) {
        CHECK(kind_of(fs::File::open(dir / name)) == Kind::NotFound);
        CHECK(must(fs::read_link(dir / name)) == "file");
    }
    CHECK(kind_of(fs::read_link(dir / "renamed")) == Kind::InvalidInput);
    must(fs::remove_file(dir / "renamed"));
    CHECK(kind_of(fs::File::open(dir / "hard_link")) == Kind::NotFound);
    CHECK(must(fs::symlink_metadata(dir / "hard_link")).is_symlink());
}

TEST_CASE("a file is read through a symbolic link, whose own type is Symlink", "[rust:symlinks_work]") {
    const test::TempDir dir;
    must(fs::write(dir / "in", "foobar"));
    must(fs::symlink(dir / "in", dir / "out"));
    CHECK(must(fs::symlink_metadata(dir / "out")).is_symlink());
    CHECK(must(fs::metadata(dir / "out")).len() == 6);
    CHECK(must(fs::read_to_string(dir / "out")) == "foobar");
}

TEST_CASE("read_link returns the target of a symbolic link, of any length",
          "[rust:symlink_noexist][rust:read_link][rust:readlink_not_symlink][rust:read_link_contents]"
          "[rust:read_link_contents_absolute]") {
    const test::TempDir dir;
    const std::string longest(4095, 'x');
    for (const std::string& target : {std::string("file"), dir / "absolute", std::string("../a//./b"),
                                      std::string(255, 'y'), std::string(256, 'z'), longest}) {
        must(fs::symlink(target, dir / "link"));
        CHECK(must(fs::read_link(dir / "link")) == target);
        must(fs::remove_file(dir / "link"));
    }
    must(fs::write(dir / "file", ""));
    CHECK(kind_of(fs::read_link(dir / "file")) == Kind::InvalidInput);
    CHECK(kind_of(fs::read_link(dir.path())) == Kind::InvalidInput);
    CHECK(kind_of(fs::read_link(dir / "missing")) == Kind::NotFound);
    CHECK(kind_of(fs::symlink(std::string("a\0b", 3), dir / "new")) == Kind::InvalidInput);
    CHECK(kind_of(fs::symlink("", dir / "new")) == Kind::NotFound);
}

TEST_CASE("canonicalize removes symbolic links and dots", "[promise:2.11][rust:canonicalize_works_simple]") {
    const test::TempDir dir;
    const std::string real = std::filesystem::canonical(dir.path());
    must(fs::create_dir_all(dir / "a/b"));
    must(fs::symlink("a", dir / "link"));
    CHECK(must(fs::canonicalize(dir / "link/./b/..//b")) == real + "/a/b");
    CHECK(must(fs::canonicalize("/")) == "/");
    must(fs::write(dir / "file", ""));
    CHECK(must(fs::canonicalize(real + "/file")) == real + "/file");
    must(fs::symlink("loop", dir / "loop"));
    CHECK(kind_of(fs::canonicalize(dir / "loop")) == Kind::FilesystemLoop);
    CHECK(kind_of(fs::canonicalize(dir / "missing")) == Kind::NotFound);
}

TEST_CASE("a file, a link to it, and a link to the directory of that link have the same canonical path",
          "[rust:realpath_works]") {
    const test::TempDir scratch;
    const std::string root = must(fs::canonicalize(scratch.path()));
    const std::string file = root + "/file";
    must(fs::write(file, ""));
    must(fs::create_dir(root + "/dir"));
    must(fs::symlink(file, root + "/dir/link"));
    must(fs::symlink(root + "/dir", root + "/linkdir"));
    CHECK(must(fs::symlink_metadata(root + "/dir/link")).is_symlink());
    CHECK(must(fs::canonicalize(root)) == root);
    CHECK(must(fs::canonicalize(root + "/linkdir")) == root + "/dir");
    for (const char* path : {"/file", "/dir/link", "/linkdir/link"}) {
        INFO(path);
        CHECK(must(fs::canonicalize(root + path)) == file);
    }
}

TEST_CASE("canonicalize follows links that lead to links through \"..\"", "[rust:realpath_works_tricky]") {
    const test::TempDir scratch;
    const std::string root = must(fs::canonicalize(scratch.path()));
    must(fs::create_dir_all(root + "/a/b"));
    must(fs::create_dir_all(root + "/a/d"));
    must(fs::write(root + "/a/f", ""));
    must(fs::symlink("../d/e", root + "/a/b/c"));
    must(fs::symlink("../f", root + "/a/d/e"));
    CHECK(must(fs::canonicalize(root + "/a/b/c")) == root + "/a/f");
    CHECK(must(fs::canonicalize(root + "/a/d/e")) == root + "/a/f");
}

TEST_CASE("rename replaces and moves symbolic links, never their targets", "[promise:2.11]") {
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

TEST_CASE("set_permissions and set_times follow links, and set_times_nofollow changes the link itself",
          "[promise:2.11]") {
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
