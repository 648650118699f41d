// SPDX-License-Identifier: MIT
//
// TempDir, TempFile, unnamed_file: private to their owner, and removed afterwards.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <sys/stat.h>
#include <array>
#include <filesystem>
#include <optional>
#include <utility>

namespace fs = weld::fs;
using test::kind_of;
using test::must;
using weld::Kind;

TEST_CASE("a TempDir is private to its owner, and is removed with everything in it") {
    const test::TempDir scratch;
    std::string path;
    {
        const fs::TempDir dir = must(fs::TempDir::create(scratch.path()));
        path = dir.path();
        CHECK(must(fs::metadata(path)).permissions().mode() == 0700);
        must(fs::create_dir_all(path + "/a/b"));
        must(fs::write(path + "/a/file", ""));
        CHECK(must(fs::TempDir::create(scratch.path() + "/")).path() != path);
    }
    CHECK(std::filesystem::is_empty(scratch.path()));
    fs::TempDir moved = must(fs::TempDir::create(scratch.path()));
    fs::TempDir target = must(fs::TempDir::create(scratch.path()));
    target = std::move(moved);
    must(std::move(target).close());
    CHECK(std::filesystem::is_empty(scratch.path()));
    const std::string kept = must(fs::TempDir::create(scratch.path())).keep();
    CHECK(must(fs::exists(kept)));
    CHECK(kind_of(fs::TempDir::create(scratch / "missing")) == Kind::NotFound);
}

TEST_CASE("a TempFile is removed, kept, or renamed") {
    const test::TempDir scratch;
    std::array<std::byte, 8> buffer;
    {
        const fs::TempFile temp = must(fs::TempFile::create(scratch.path()));
        CHECK(must(fs::metadata(temp.path())).permissions().mode() == 0600);
        must(temp.file().write(test::bytes("text")));
        CHECK(must(temp.file().read_at(buffer, 0)) == 4);
    }
    must(must(fs::TempFile::create(scratch.path())).close());
    CHECK(std::filesystem::is_empty(scratch.path()));
    must(fs::write(scratch / "target", "old"));
    fs::TempFile next = must(fs::TempFile::create(scratch.path()));
    must(next.file().write(test::bytes("new")));
    must(std::move(next).persist(scratch / "target"));
    CHECK(must(fs::read_to_string(scratch / "target")) == "new");
    CHECK(kind_of(must(fs::TempFile::create(scratch.path())).persist(scratch / "missing/x")) == Kind::NotFound);
    std::optional<fs::TempFile> kept = must(fs::TempFile::create(scratch.path()));
    const std::string path = kept->path();
    const fs::File file = std::move(*kept).keep();
    kept.reset();
    CHECK(must(fs::exists(path)));
    must(fs::remove_file(path));
    must(fs::remove_file(scratch / "target"));
    CHECK(std::filesystem::is_empty(scratch.path()));
}

TEST_CASE("unnamed_file is readable and writable, and leaves nothing") {
    const test::TempDir scratch;
    const fs::File file = must(fs::unnamed_file(scratch.path()));
    must(file.write(test::bytes("text")));
    std::array<std::byte, 8> buffer;
    CHECK(must(file.read_at(buffer, 0)) == 4);
    CHECK(std::filesystem::is_empty(scratch.path()));
    CHECK(kind_of(fs::unnamed_file(scratch / "missing")) == Kind::NotFound);
    const fs::File elsewhere = must(fs::unnamed_file("/dev/shm"));
    must(elsewhere.write(test::bytes("text")));
}

TEST_CASE("a temporary that was kept or moved from has nothing to close") {
    const test::TempDir dir;
    auto made = must(fs::TempDir::create(dir.path()));
    const std::string path = std::move(made).keep();
    must(std::move(made).close());
    CHECK(must(fs::exists(path)));
}
