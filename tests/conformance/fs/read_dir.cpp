// SPDX-License-Identifier: MIT
//
// ReadDir: the entries, the properties of each, and the end of the iteration.
#include <support/model.hpp>
#include <support/words.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <map>
#include <ranges>
#include <set>
#include <string>
#include <type_traits>
#include <utility>

namespace fs = rt::fs;
using fs::FileType;
using rt::Kind;
using test::kind_of;
using test::must;

static_assert(!std::is_copy_constructible_v<fs::ReadDir> && std::is_nothrow_move_constructible_v<fs::ReadDir>);
static_assert(std::ranges::input_range<fs::ReadDir>);

namespace {

std::map<std::string, FileType> entries_of(const std::string& path) {
    std::map<std::string, FileType> seen;
    auto entries = must(fs::read_dir(path));
    for (const auto& entry : entries) {
        REQUIRE(entry.has_value());
        CHECK(seen.emplace(entry->name(), must(entry->file_type())).second);
    }
    return seen;
}

std::set<std::string> names_of(const std::string& path) {
    std::set<std::string> names;
    for (const auto& [name, type] : entries_of(path)) {
        names.insert(name);
    }
    return names;
}

}  // namespace

CONFORMANCE_TEST("read_dir returns every name once with its type, without dot and dot-dot", "[promise:2.16]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    must(fs::write(dir / ".hidden", ""));
    must(fs::write(dir / "...", ""));
    must(fs::create_dir(dir / "dir"));
    must(fs::write(dir / "dir/inside", ""));
    REQUIRE(::symlink("dir", (dir / "link").c_str()) == 0);
    REQUIRE(::symlink("missing", (dir / "dangling").c_str()) == 0);
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    const std::map<std::string, FileType> expected = {
        {"file", FileType::File},     {".hidden", FileType::File}, {"...", FileType::File},
        {"dir", FileType::Directory}, {"link", FileType::Symlink}, {"dangling", FileType::Symlink},
        {"fifo", FileType::Fifo},
    };
    CHECK(entries_of(dir.path()) == expected);
}

template <class Iterated>
concept LendsAsTemporary = requires { std::declval<Iterated>().begin(); };
static_assert(LendsAsTemporary<fs::ReadDir&> && !LendsAsTemporary<fs::ReadDir>);
static_assert(LendsAsTemporary<fs::Walk&> && !LendsAsTemporary<fs::Walk>);

CONFORMANCE_TEST("a range-for over a temporary result of read_dir sees every entry") {
    const test::TempDir dir;
    must(fs::write(dir / "one", ""));
    must(fs::write(dir / "two", ""));
    std::multiset<std::string> names;
    for (const auto& entry : *fs::read_dir(dir.path())) {
        names.emplace(must(entry).name());
    }
    for (const auto& entry : fs::read_dir(dir.path()).value()) {
        names.emplace(must(entry).name());
    }
    CHECK(names == std::multiset<std::string>{"one", "one", "two", "two"});
    std::size_t walked = 0;
    for (const auto& item : *fs::walk(dir.path())) {
        walked += must(item).depth();
    }
    for (const auto& item : fs::walk(dir.path()).value()) {
        walked += must(item).depth();
    }
    CHECK(walked == 4);
    auto kept = fs::read_dir(dir.path());
    CHECK(&*kept == &kept.value());
    CHECK(kind_of(fs::read_dir(dir / "missing")) == rt::Kind::NotFound);
}

CONFORMANCE_TEST("an empty directory has no entries") {
    const test::TempDir dir;
    auto entries = must(fs::read_dir(dir.path()));
    CHECK(entries.next() == nullptr);
    CHECK(entries.next() == nullptr);
    CHECK(entries.begin() == entries.end());
}

CONFORMANCE_TEST("read_dir returns three thousand entries, more than its buffer holds", "[promise:2.16]") {
    const test::TempDir dir;
    std::set<std::string> expected;
    for (int number = 0; number < 3000; ++number) {
        const std::string name = "a name that is not short at all, number " + std::to_string(number);
        must(fs::write(dir / name, ""));
        expected.insert(name);
    }
    CHECK(names_of(dir.path()) == expected);
}

CONFORMANCE_TEST("names of entries are any bytes, up to 255 of them", "[promise:2.16]") {
    const test::TempDir dir;
    const std::set<std::string> expected = {
        "\xff\xfe\x80",          "\xc3", " ", "\n", "a\tb", "\xc3\xa4\xe2\x82\xac", std::string(255, 'n'),
        std::string(255, '\xff')};
    for (const std::string& name : expected) {
        must(fs::write(dir / name, ""));
    }
    CHECK(names_of(dir.path()) == expected);
}

CONFORMANCE_TEST("an entry has its name, and the type that its metadata has", "[rust:dir_entry_methods]") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "a"));
    must(fs::write(dir / "b", ""));
    std::map<std::string, FileType> seen;
    auto entries = must(fs::read_dir(dir.path()));
    for (const auto& entry : entries) {
        const FileType type = must(must(entry).file_type());
        CHECK(must(must(entry).metadata()).file_type() == type);
        CHECK(must(fs::symlink_metadata(must(entry).path())).file_type() == type);
        seen.emplace(must(entry).name(), type);
    }
    CHECK(seen == std::map<std::string, FileType>{{"a", FileType::Directory}, {"b", FileType::File}});
}

CONFORMANCE_TEST("files can be opened and removed by the paths of their entries",
                 "[rust:file_test_directoryinfo_readdir]") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "dir"));
    for (const char* name : {"0", "1", "2"}) {
        must(fs::write(dir / (std::string("dir/") + name), std::string("foo") + name));
    }
    std::set<std::string> seen;
    auto entries = must(fs::read_dir(dir / "dir"));
    for (const auto& entry : entries) {
        const std::string path = must(entry).path();
        CHECK(must(fs::read_to_string(path)) == "foo" + std::string(must(entry).name()));
        seen.emplace(must(entry).name());
        must(fs::remove_file(path));
    }
    CHECK(seen == std::set<std::string>{"0", "1", "2"});
    must(fs::remove_dir(dir / "dir"));
}

CONFORMANCE_TEST("an entry returns its path, its metadata and its NUL-terminated name") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    for (const std::string& root : {dir.path(), dir.path() + "/"}) {
        auto entries = must(fs::read_dir(root));
        const auto* entry = entries.next();
        REQUIRE(entry != nullptr);
        REQUIRE(entry->has_value());
        CHECK((*entry)->path() == dir / "file");
        CHECK((*entry)->name() == "file");
        CHECK((*entry)->name().data()[4] == '\0');
        const auto metadata = must((*entry)->metadata());
        CHECK(metadata.is_file());
        CHECK(metadata.len() == 3);
        CHECK(entries.next() == nullptr);
    }
}

CONFORMANCE_TEST("metadata of an entry that is a symbolic link describes the link") {
    const test::TempDir dir;
    REQUIRE(::symlink("missing", (dir / "link").c_str()) == 0);
    auto entries = must(fs::read_dir(dir.path()));
    const auto* entry = entries.next();
    REQUIRE(entry != nullptr);
    CHECK(must(must(*entry).metadata()).is_symlink());
}

CONFORMANCE_TEST("metadata of an entry comes from the open directory, also after a rename of it") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "old"));
    must(fs::write(dir / "old/file", "abc"));
    auto entries = must(fs::read_dir(dir / "old"));
    const auto* entry = entries.next();
    REQUIRE(entry != nullptr);
    must(fs::rename(dir / "old", dir / "new"));
    CHECK(must(must(*entry).metadata()).len() == 3);
    CHECK(must(*entry).path() == dir / "old/file");
}

CONFORMANCE_TEST("metadata of a removed entry returns NotFound, and its type is still known") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    auto entries = must(fs::read_dir(dir.path()));
    const auto* entry = entries.next();
    REQUIRE(entry != nullptr);
    must(fs::remove_file(dir / "file"));
    const auto metadata = must(*entry).metadata();
    CHECK(kind_of(metadata) == Kind::NotFound);
    CHECK(std::string_view(metadata.error().operation()) == "metadata");
    CHECK(must(must(*entry).file_type()) == FileType::File);
}

CONFORMANCE_TEST("an iteration ends without an error when its directory is removed", "[promise:2.16]") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "gone"));
    must(fs::write(dir / "gone/file", ""));
    auto entries = must(fs::read_dir(dir / "gone"));
    REQUIRE(entries.next() != nullptr);
    must(fs::remove_file(dir / "gone/file"));
    must(fs::remove_dir(dir / "gone"));
    CHECK(entries.next() == nullptr);
    CHECK(entries.next() == nullptr);
}

CONFORMANCE_TEST("read_dir of a missing path or a file is an error at once", "[rust:read_dir_not_found]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    CHECK(kind_of(fs::read_dir(dir / "file")) == Kind::NotADirectory);
    CHECK(kind_of(fs::read_dir(dir / "missing")) == Kind::NotFound);
    CHECK(std::string_view(fs::read_dir(dir / "missing").error().operation()) == "read_dir");
    REQUIRE(::symlink("missing", (dir / "dangling").c_str()) == 0);
    CHECK(kind_of(fs::read_dir(dir / "dangling")) == Kind::NotFound);
}

CONFORMANCE_TEST("read_dir follows a symbolic link to a directory") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "dir"));
    must(fs::write(dir / "dir/file", ""));
    REQUIRE(::symlink("dir", (dir / "link").c_str()) == 0);
    CHECK(names_of(dir / "link") == std::set<std::string>{"file"});
    auto entries = must(fs::read_dir(dir / "link"));
    CHECK(must(*entries.next()).path() == dir / "link/file");
}

CONFORMANCE_TEST("a second iterator continues where the first stopped") {
    const test::TempDir dir;
    for (const char* name : {"a", "b", "c"}) {
        must(fs::write(dir / name, ""));
    }
    auto entries = must(fs::read_dir(dir.path()));
    std::set<std::string> seen;
    for (const auto& entry : entries) {
        seen.emplace(must(entry).name());
        break;
    }
    for (auto iterator = entries.begin(); iterator != entries.end(); iterator++) {
        CHECK(seen.emplace((*iterator)->name()).second);
        CHECK(iterator->has_value());
    }
    CHECK(seen == std::set<std::string>{"a", "b", "c"});
}
