// SPDX-License-Identifier: MIT
//
// A NUL inside a path, or inside another text that the system reads up to its NUL: every function refuses it before it
// does anything.
#include <support/words.hpp>

#include <weld/env.hpp>
#include <weld/fs.hpp>
#include <weld/net.hpp>
#include <weld/os/unix.hpp>
#include <weld/thread.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fs = weld::fs;
namespace os = weld::os;
using fs::Dir;
using test::must;
using weld::Kind;
using weld::PathRef;
using weld::Result;

namespace {

Result<void> without_value(const auto& result) {
    if (!result.has_value()) {
        return std::unexpected(result.error());
    }
    return {};
}

/// What a function may use in addition to the path.
struct Around {
    Dir dir;
    std::string file;  // in `dir`
    std::string other_dir;
    std::string other;  // a name that does not exist
};

/// A function that takes a path.
struct Function {
    template <class Call>
    Function(const char* its_name, Call its_call)
        : name(its_name),
          call([its_call](PathRef path, const Around& around) { return without_value(its_call(path, around)); }) {}

    const char* name;
    std::function<Result<void>(PathRef, const Around&)> call;
};

/// All such functions.
std::vector<Function> functions() {
    using Path = PathRef;
    using With = const Around&;
    const static fs::FileTimes early{.accessed = weld::time::SystemTime(), .modified = weld::time::SystemTime()};
    return {
        {"File::open", [](Path path, With) { return fs::File::open(path); }},
        {"File::open with options",
         [](Path path, With) { return fs::File::open(path, {.append = true, .create = true}); }},
        {"File::create", [](Path path, With) { return fs::File::create(path); }},
        {"File::create_new", [](Path path, With) { return fs::File::create_new(path); }},
        {"metadata", [](Path path, With) { return fs::metadata(path); }},
        {"symlink_metadata", [](Path path, With) { return fs::symlink_metadata(path); }},
        {"same_file left", [](Path path, With with) { return fs::same_file(path, with.file); }},
        {"same_file right", [](Path path, With with) { return fs::same_file(with.file, path); }},
        {"exists", [](Path path, With) { return fs::exists(path); }},
        {"canonicalize", [](Path path, With) { return fs::canonicalize(path); }},
        {"read", [](Path path, With) { return fs::read(path); }},
        {"read_to_string", [](Path path, With) { return fs::read_to_string(path); }},
        {"write", [](Path path, With) { return fs::write(path, "text"); }},
        {"append", [](Path path, With) { return fs::append(path, "text"); }},
        {"write_atomic", [](Path path, With) { return fs::write_atomic(path, "text"); }},
        {"AtomicFile::create", [](Path path, With) { return fs::AtomicFile::create(path); }},
        {"create_dir", [](Path path, With) { return fs::create_dir(path); }},
        {"create_dir_all", [](Path path, With) { return fs::create_dir_all(path); }},
        {"remove_file", [](Path path, With) { return fs::remove_file(path); }},
        {"remove_dir", [](Path path, With) { return fs::remove_dir(path); }},
        {"remove_dir_all", [](Path path, With) { return fs::remove_dir_all(path); }},
        {"rename from", [](Path path, With with) { return fs::rename(path, with.other); }},
        {"rename to", [](Path path, With with) { return fs::rename(with.file, path); }},
        {"copy from", [](Path path, With with) { return fs::copy(path, with.other); }},
        {"copy to", [](Path path, With with) { return fs::copy(with.file, path); }},
        {"copy_tree from", [](Path path, With with) { return fs::copy_tree(path, with.other); }},
        {"copy_tree to", [](Path path, With with) { return fs::copy_tree(with.other_dir, path); }},
        {"hard_link from", [](Path path, With with) { return fs::hard_link(path, with.other); }},
        {"hard_link to", [](Path path, With with) { return fs::hard_link(with.file, path); }},
        {"symlink target", [](Path path, With with) { return fs::symlink(path, with.other); }},
        {"symlink", [](Path path, With) { return fs::symlink("target", path); }},
        {"read_link", [](Path path, With) { return fs::read_link(path); }},
        {"set_permissions", [](Path path, With) { return fs::set_permissions(path, fs::Permissions(0)); }},
        {"set_times", [](Path path, With) { return fs::set_times(path, early); }},
        {"set_times_nofollow", [](Path path, With) { return fs::set_times_nofollow(path, early); }},
        {"read_dir", [](Path path, With) { return fs::read_dir(path); }},
        {"walk", [](Path path, With) { return fs::walk(path); }},
        {"walk with options", [](Path path, With) { return fs::walk(path, {.follow_links = true}); }},
        {"TempDir::create", [](Path path, With) { return fs::TempDir::create(path); }},
        {"TempFile::create", [](Path path, With) { return fs::TempFile::create(path); }},
        {"TempFile::persist",
         [](Path path, With with) { return must(fs::TempFile::create(with.other_dir)).persist(path); }},
        {"TempFile::persist_in",
         [](Path path, With with) { return must(fs::TempFile::create(with.other_dir)).persist_in(with.dir, path); }},
        {"unnamed_file", [](Path path, With) { return fs::unnamed_file(path); }},
        {"Dir::open", [](Path path, With) { return Dir::open(path); }},
        {"open_dir", [](Path path, With with) { return with.dir.open_dir(path); }},
        {"open_file", [](Path path, With with) { return with.dir.open_file(path); }},
        {"open_file with options",
         [](Path path, With with) { return with.dir.open_file(path, {.write = true, .create = true}); }},
        {"Dir metadata", [](Path path, With with) { return with.dir.metadata(path); }},
        {"Dir symlink_metadata", [](Path path, With with) { return with.dir.symlink_metadata(path); }},
        {"Dir exists", [](Path path, With with) { return with.dir.exists(path); }},
        {"Dir read_dir", [](Path path, With with) { return with.dir.read_dir(path); }},
        {"Dir create_dir", [](Path path, With with) { return with.dir.create_dir(path); }},
        {"Dir create_dir_all", [](Path path, With with) { return with.dir.create_dir_all(path); }},
        {"Dir remove_file", [](Path path, With with) { return with.dir.remove_file(path); }},
        {"Dir remove_dir", [](Path path, With with) { return with.dir.remove_dir(path); }},
        {"Dir remove_dir_all", [](Path path, With with) { return with.dir.remove_dir_all(path); }},
        {"Dir rename from", [](Path path, With with) { return with.dir.rename(path, with.dir, with.other); }},
        {"Dir rename to", [](Path path, With with) { return with.dir.rename(with.file, with.dir, path); }},
        {"Dir copy from", [](Path path, With with) { return with.dir.copy(path, with.dir, with.other); }},
        {"Dir copy to", [](Path path, With with) { return with.dir.copy(with.file, with.dir, path); }},
        {"Dir hard_link from", [](Path path, With with) { return with.dir.hard_link(path, with.dir, with.other); }},
        {"Dir hard_link to", [](Path path, With with) { return with.dir.hard_link(with.file, with.dir, path); }},
        {"Dir symlink target", [](Path path, With with) { return with.dir.symlink(path, with.other); }},
        {"Dir symlink", [](Path path, With with) { return with.dir.symlink("target", path); }},
        {"Dir read_link", [](Path path, With with) { return with.dir.read_link(path); }},
        {"Dir set_permissions",
         [](Path path, With with) { return with.dir.set_permissions(path, fs::Permissions(0)); }},
        {"Dir set_times", [](Path path, With with) { return with.dir.set_times(path, early); }},
        {"Dir set_times_nofollow", [](Path path, With with) { return with.dir.set_times_nofollow(path, early); }},
        {"Dir read", [](Path path, With with) { return with.dir.read(path); }},
        {"Dir read_to_string", [](Path path, With with) { return with.dir.read_to_string(path); }},
        {"Dir write", [](Path path, With with) { return with.dir.write(path, "text"); }},
        {"set_current_dir", [](Path path, With) { return weld::env::set_current_dir(path); }},
        {"chown", [](Path path, With) { return os::chown(path, 1, 1); }},
        {"lchown", [](Path path, With) { return os::lchown(path, 1, 1); }},
        {"chroot", [](Path path, With) { return os::chroot(path); }},
    };
}

/// Everything in the directory `root`: path, mode, owner, links, time of change, and the contents of a file or a link.
std::vector<std::string> tree(const std::string& root) {
    std::vector<std::string> items;
    for (const auto& item : std::filesystem::recursive_directory_iterator(root)) {
        struct stat status{};
        REQUIRE(::lstat(item.path().c_str(), &status) == 0);
        items.push_back(item.path().string() + " " + std::to_string(status.st_mode) + " " +
                        std::to_string(status.st_uid) + " " + std::to_string(status.st_nlink) + " " +
                        std::to_string(S_ISREG(status.st_mode) ? status.st_ctim.tv_nsec : 0) + " " +
                        (item.is_symlink()        ? std::filesystem::read_symlink(item.path()).string()
                         : item.is_regular_file() ? must(fs::read_to_string(item.path()))
                                                  : ""));
    }
    std::ranges::sort(items);
    return items;
}

}  // namespace

TEST_CASE("every function with a path refuses a NUL inside as InvalidInput, and touches nothing", "[promise:2.5]") {
    const test::TempDir scratch(test::memory_directory());
    must(fs::create_dir(scratch / "other"));
    const Around around{.dir = must(Dir::open(scratch.path())),
                        .file = scratch / "kept",
                        .other_dir = scratch / "other",
                        .other = scratch / "never"};
    for (const char* name : {"kept", "file"}) {
        must(fs::write(scratch / name, name));
    }
    must(fs::create_dir(scratch / "empty"));
    must(fs::create_dir(scratch / "dir"));
    must(fs::write(scratch / "dir/inside", "text"));
    must(fs::symlink("file", scratch / "link"));
    const auto before = tree(scratch.path());
    const std::vector<Function> all = functions();
    const std::string current = must(weld::env::current_dir());

    for (const char* stem : {"file", "empty", "dir", "link", "new", ""}) {
        for (const std::string_view behind :
             {std::string_view("\0", 1), std::string_view("\0x", 2), std::string_view("\0/../kept", 9)}) {
            const std::string path = (scratch / stem) + std::string(behind);
            for (const Function& function : all) {
                INFO(function.name << " " << stem);
                CHECK(test::kind_of(function.call(path, around)) == Kind::InvalidInput);
                CHECK(test::kind_of(function.call(std::string_view(path), around)) == Kind::InvalidInput);
            }
        }
    }
    for (const Function& function : all) {
        INFO(function.name);
        CHECK(test::kind_of(function.call(std::string("\0", 1), around)) == Kind::InvalidInput);
        CHECK(test::kind_of(function.call(std::string("\0/", 2), around)) == Kind::InvalidInput);
    }
    CHECK(tree(scratch.path()) == before);
    CHECK(must(weld::env::current_dir()) == current);
}

TEST_CASE("a NUL inside a name of a variable or of a thread, or in an address, does not end it", "[promise:2.5]") {
    REQUIRE(::setenv("WELD_TEST_NUL", "value", 1) == 0);
    CHECK(weld::env::var("WELD_TEST_NUL") == "value");
    CHECK(weld::env::var(std::string_view("WELD_TEST_NUL\0", 14)) == std::nullopt);
    CHECK(weld::env::var(std::string_view("WELD_TEST_NUL\0x", 15)) == std::nullopt);
    CHECK(weld::env::var(std::string_view("\0", 1)) == std::nullopt);
    CHECK(test::kind_of(weld::thread::spawn([] {}, {.name = std::string_view("a\0b", 3)})) == Kind::InvalidInput);
    CHECK(test::kind_of(weld::net::IpAddr::parse(std::string_view("127.0.0.1\0", 10))) == Kind::InvalidInput);
    CHECK(test::kind_of(weld::net::SocketAddr::parse(std::string_view("127.0.0.1:80\0", 13))) == Kind::InvalidInput);
    CHECK(test::kind_of(weld::net::SocketAddr::parse(std::string_view("[::1\0]:80", 9))) == Kind::InvalidInput);
}
