// SPDX-License-Identifier: MIT
//
// AtomicFile: the target has the old contents or the new, and no other file is left.
#include <support/soak.hpp>
#include <support/user.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/thread.hpp>

#include <sys/stat.h>
#include <atomic>
#include <string>
#include <utility>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

namespace {

std::size_t names_in(const std::string& path) {
    std::size_t count = 0;
    for (const auto& entry : must(fs::read_dir(path))) {
        count += entry ? 1U : 0U;
    }
    return count;
}

}  // namespace

TEST_CASE("commit replaces the target, keeps its permissions, and leaves no other file") {
    const test::TempDir dir;
    must(fs::write_atomic(dir / "file", "first"));
    CHECK(must(fs::read_to_string(dir / "file")) == "first");
    must(fs::set_permissions(dir / "file", fs::Permissions(0640)));
    must(fs::hard_link(dir / "file", dir / "old"));
    fs::AtomicFile next = must(fs::AtomicFile::create(dir / "file"));
    must(weld::write_all(next, test::bytes("second")));
    CHECK(must(fs::read_to_string(dir / "file")) == "first");
    must(std::move(next).commit());
    CHECK(must(fs::read_to_string(dir / "file")) == "second");
    CHECK(must(fs::read_to_string(dir / "old")) == "first");
    CHECK(must(fs::metadata(dir / "file")).permissions().mode() == 0640);
    CHECK(names_in(dir.path()) == 2);
}

TEST_CASE("an AtomicFile that is dropped leaves the target unchanged") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "kept"));
    {
        const fs::AtomicFile next = must(fs::AtomicFile::create(dir / "file"));
        must(weld::write_all(next, test::bytes("lost")));
    }
    CHECK(must(fs::read_to_string(dir / "file")) == "kept");
    CHECK(names_in(dir.path()) == 1);
}

TEST_CASE("create refuses a path that does not name a file") {
    const test::TempDir dir;
    for (const char* name : {"/", "", "x/", ".", "a/.."}) {
        INFO(name);
        CHECK(kind_of(fs::write_atomic(name, "")) == Kind::InvalidInput);
    }
    CHECK(kind_of(fs::write_atomic(dir.path(), "")) == Kind::IsADirectory);
    CHECK(kind_of(fs::write_atomic(dir / "missing/file", "")) == Kind::NotFound);
    CHECK(kind_of(fs::write_atomic(std::string("a\0b", 3), "")) == Kind::InvalidInput);
}

TEST_CASE("readers see the old contents or the new, whole, while a file is replaced repeatedly", "[soak]") {
    const test::TempDir dir(test::memory_directory());
    const std::string texts[2] = {std::string(5000, 'a'), std::string(9000, 'b')};
    must(fs::write_atomic(dir / "file", texts[0]));
    std::atomic<bool> stop = false;
    auto reader = must(weld::thread::spawn([&] {
        int torn = 0;
        while (!stop) {
            const auto seen = fs::read_to_string(dir / "file");
            torn += seen && (*seen == texts[0] || *seen == texts[1]) ? 0 : 1;
        }
        return torn;
    }));
    const int rounds = test::attack_rounds(test::is_slow ? 50 : 300);
    for (int i = 0; i < rounds; ++i) {
        must(fs::write_atomic(dir / "file", texts[i % 2]));
    }
    stop = true;
    CHECK(std::move(reader).join() == 0);
}

TEST_CASE("create refuses a target that is no file, and set-id bits are dropped") {
    const test::TempDir dir;
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    CHECK(kind_of(fs::write_atomic(dir / "fifo", std::string_view("x"))) == Kind::InvalidInput);
    CHECK(must(fs::metadata(dir / "fifo")).file_type() == fs::FileType::Fifo);
    must(fs::write(dir / "file", ""));
    must(fs::set_permissions(dir / "file", fs::Permissions(06711)));
    must(fs::write_atomic(dir / "file", std::string_view("x")));
    CHECK(must(fs::metadata(dir / "file")).permissions().mode() == 0711);
}

TEST_CASE("files are created and replaced in a directory without read permission") {
    const test::TempDir dir;
    test::open_to_all(dir.path());
    REQUIRE(::chmod(dir.path().c_str(), 0733) == 0);
    test::check_as_user([&] {
        must(fs::write_atomic(dir / "file", "first"));
        must(fs::write_atomic(dir / "file", "second"));
        fs::TempFile temp = must(fs::TempFile::create(dir.path()));
        must(must(std::move(temp).persist(dir / "kept")).close());
        must(must(fs::TempDir::create(dir.path())).close());
        must(must(fs::unnamed_file(dir.path())).close());
        return must(fs::read_to_string(dir / "file")) == "second" && must(fs::exists(dir / "kept")) ? 0 : 1;
    });
    REQUIRE(::chmod(dir.path().c_str(), 0700) == 0);
    CHECK(names_in(dir.path()) == 2);
}
