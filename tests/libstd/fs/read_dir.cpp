// SPDX-License-Identifier: MIT
//
// ReadDir: its file descriptor, its buffer, and directories that the process may not read. The rest is in
// tests/conformance.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <set>
#include <string>
#include <utility>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

TEST_CASE("an error is the last item of a ReadDir", "[promise:2.16]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    auto entries = must(fs::read_dir(dir.path()));
    // Something that is not a directory replaces the one that was opened.
    const int file = ::open((dir / "file").c_str(), O_RDONLY | O_CLOEXEC);
    REQUIRE(::dup3(file, entries.as_handle().raw(), O_CLOEXEC) >= 0);
    ::close(file);
    const auto* entry = entries.next();
    REQUIRE(entry != nullptr);
    CHECK(kind_of(*entry) == Kind::NotADirectory);
    CHECK(std::string_view(entry->error().operation()) == "read_dir");
    CHECK(entries.next() == nullptr);
    CHECK(entries.next() == nullptr);
}

TEST_CASE("read_dir of an unreadable directory is PermissionDenied") {
    const test::TempDir dir;
    must(fs::create_dir(dir / "locked"));
    REQUIRE(::chmod((dir / "locked").c_str(), 0) == 0);
    REQUIRE(::chmod(dir.path().c_str(), 0755) == 0);
    const auto end = test::in_child([&] {
        if (::geteuid() == 0 && ::setuid(65534) != 0) {
            return 77;
        }
        const auto entries = fs::read_dir(dir / "locked");
        return !entries && entries.error() == Kind::PermissionDenied ? 0 : 1;
    });
    ::chmod((dir / "locked").c_str(), 0700);
    if (end.exited_with(77)) {
        WARN("root cannot give up its rights here: skipped");
    } else {
        CHECK(end.status == 0);
    }
}

TEST_CASE("the file descriptor is inherited by no child, and closed with the ReadDir", "[promise:2.1]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", ""));
    const std::size_t before = test::open_descriptors();
    {
        auto entries = must(fs::read_dir(dir.path()));
        CHECK(::fcntl(entries.as_handle().raw(), F_GETFD) == FD_CLOEXEC);
        CHECK(test::open_descriptors() == before + 1);
        auto moved = std::move(entries);
        CHECK(must(*moved.next()).name() == "file");
        moved = must(fs::read_dir(dir.path()));
        CHECK(test::open_descriptors() == before + 1);
        CHECK(must(*moved.next()).name() == "file");
    }
    CHECK(test::open_descriptors() == before);
}

TEST_CASE("read_dir without a free file descriptor is TooManyOpenFiles") {
    const test::TempDir dir;
    const auto end = test::in_child([&] {
        const rlimit none{.rlim_cur = 0, .rlim_max = 0};
        ::setrlimit(RLIMIT_NOFILE, &none);
        const auto entries = fs::read_dir(dir.path());
        return !entries && entries.error() == Kind::TooManyOpenFiles ? 0 : 1;
    });
    CHECK(end.status == 0);
}

TEST_CASE("entries are buffered from the read of their buffer until it is used up") {
    const test::TempDir dir;
    std::set<std::string> expected;
    for (int number = 0; number < 1200; ++number) {
        const std::string name = "a name that is not short at all, number " + std::to_string(number);
        must(fs::write(dir / name, ""));
        expected.insert(name);
    }
    auto entries = must(fs::read_dir(dir.path()));
    CHECK_FALSE(entries.is_buffered());
    std::set<std::string> seen;
    std::size_t asked = 0;
    for (bool more = true; more;) {
        asked += entries.is_buffered() ? 0U : 1U;
        const auto* entry = entries.next();
        more = entry != nullptr;
        if (more) {
            seen.emplace(must(*entry).name());
        }
    }
    CHECK(seen == expected);
    CHECK(asked >= 3);  // the first buffer, another one, and the end
    CHECK(asked < 100);
    CHECK_FALSE(entries.is_buffered());
}

TEST_CASE("buffered entries need no file descriptor") {
    const test::TempDir dir;
    must(fs::write(dir / "one", ""));
    must(fs::write(dir / "two", ""));
    auto entries = must(fs::read_dir(dir.path()));
    REQUIRE(entries.next() != nullptr);
    REQUIRE(entries.is_buffered());
    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    REQUIRE(::dup3(nothing, entries.as_handle().raw(), O_CLOEXEC) >= 0);
    ::close(nothing);
    const auto* second = entries.next();
    REQUIRE(second != nullptr);
    CHECK(second->has_value());
    CHECK_FALSE(entries.is_buffered());
}
