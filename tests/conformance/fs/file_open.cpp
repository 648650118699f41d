// SPDX-License-Identifier: MIT
//
// File: opening with every combination of options; mode and close-on-exec of a new file.
#include <support/model.hpp>
#include <support/words.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <string>

namespace fs = rt::fs;
using fs::File;
using fs::OpenOptions;
using rt::Kind;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;

namespace {

std::string contents(const std::string& path) { return must(fs::read_to_string(path)); }

}  // namespace

CONFORMANCE_TEST("opening a missing path returns NotFound", "[rust:invalid_path_raises]") {
    const test::TempDir dir;
    const auto opened = File::open(dir / "missing");
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error() == Kind::NotFound);
    CHECK(std::string_view(opened.error().operation()) == "open");
    CHECK(kind_of(File::open(dir / "missing/file")) == Kind::NotFound);
    must(fs::write(dir / "file", ""));
    CHECK(kind_of(File::open(dir / "file/file")) == Kind::NotADirectory);
    CHECK(kind_of(File::create(dir.path())) == Kind::IsADirectory);
}

CONFORMANCE_TEST("each combination of open options does what the table says, for a missing and an existing file",
                 "[rust:open_flavors]") {
    for (unsigned bits = 0; bits < 64; ++bits) {
        for (const bool exists : {false, true}) {
            const OpenOptions options{.read = (bits & 1U) != 0,
                                      .write = (bits & 2U) != 0,
                                      .append = (bits & 4U) != 0,
                                      .truncate = (bits & 8U) != 0,
                                      .create = (bits & 16U) != 0,
                                      .create_new = (bits & 32U) != 0};
            INFO((options.read ? "read " : "")
                 << (options.write ? "write " : "") << (options.append ? "append " : "")
                 << (options.truncate ? "truncate " : "") << (options.create ? "create " : "")
                 << (options.create_new ? "create_new " : "") << (exists ? "existing" : "missing"));
            const test::TempDir dir;
            const std::string path = dir / "file";
            if (exists) {
                must(fs::write(path, "abcd"));
            }

            const bool writes = options.write || options.append;
            const bool makes = options.truncate || options.create || options.create_new;
            const bool invalid = !(options.read || writes) || (makes && !writes) ||
                                 (options.append && options.truncate && !options.create_new);
            const auto opened = File::open(path, options);

            if (invalid) {
                CHECK(kind_of(opened) == Kind::InvalidInput);
            } else if (exists && options.create_new) {
                CHECK(kind_of(opened) == Kind::AlreadyExists);
            } else if (!exists && !options.create && !options.create_new) {
                CHECK(kind_of(opened) == Kind::NotFound);
            } else {
                REQUIRE(opened.has_value());
                const std::string before = exists && !options.truncate ? "abcd" : "";
                CHECK(contents(path) == before);

                std::array<std::byte, 8> buffer;
                const auto read = opened->read_at(buffer, 0);
                CHECK(read.has_value() == options.read);
                if (read) {
                    CHECK(text(buffer, *read) == before);
                }
                const auto written = opened->write(bytes("XY"));
                CHECK(written.has_value() == writes);
                std::string after = before;
                if (options.append) {
                    after += "XY";
                } else if (options.write) {
                    after = before.empty() ? "XY" : "XYcd";
                }
                CHECK(contents(path) == after);
                continue;
            }
            CHECK(std::filesystem::exists(path) == exists);
            if (exists) {
                CHECK(contents(path) == "abcd");
            }
        }
    }
}

CONFORMANCE_TEST("create_new refuses any existing name, also a dangling symbolic link",
                 "[rust:file_create_new_already_exists_error]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "kept"));
    must(fs::create_dir(dir / "dir"));
    REQUIRE(::symlink("nowhere", (dir / "link").c_str()) == 0);
    for (const char* name : {"file", "dir", "link"}) {
        CHECK(kind_of(File::create_new(dir / name)) == Kind::AlreadyExists);
    }
    CHECK(contents(dir / "file") == "kept");
    CHECK_FALSE(std::filesystem::exists(dir / "nowhere"));

    const File made = must(File::create_new(dir / "new"));
    must(made.write(bytes("ab")));
    std::array<std::byte, 4> buffer;
    CHECK(text(buffer, must(made.read_at(buffer, 0))) == "ab");
}

CONFORMANCE_TEST("create truncates an existing file, also through a symbolic link") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abcd"));
    REQUIRE(::symlink("file", (dir / "link").c_str()) == 0);
    must(must(File::create(dir / "link")).write(bytes("x")));
    CHECK(contents(dir / "file") == "x");
    CHECK(must(fs::symlink_metadata(dir / "link")).is_symlink());
    std::array<std::byte, 4> buffer;
    CHECK_FALSE(must(File::create(dir / "file")).read(buffer).has_value());
}

CONFORMANCE_TEST("a new file has the mode that was asked for, less the umask", "[promise:2.7]") {
    const test::TempDir dir;
    const auto mode_of = [](const std::string& path) {
        struct stat status{};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        return status.st_mode & 07777U;
    };
    const mode_t before = ::umask(027);
    must(File::create(dir / "usual"));
    must(File::open(dir / "private", {.write = true, .create = true, .mode = 0600}));
    must(File::open(dir / "private", {.write = true, .create = true, .mode = 0666}));
    must(fs::write(dir / "written", "x"));
    ::umask(before);
    CHECK(mode_of(dir / "usual") == 0640);
    CHECK(mode_of(dir / "private") == 0600);
    CHECK(mode_of(dir / "written") == 0640);
}

CONFORMANCE_TEST("no child inherits a file, however it was opened", "[promise:2.1]") {
    const test::TempDir dir;
    const File created = must(File::create(dir / "a"));
    const File made = must(File::create_new(dir / "b"));
    const File opened = must(File::open(dir / "a"));
    const File appended = must(File::open(dir / "a", {.append = true}));
    for (const File* file : {&created, &made, &opened, &appended}) {
        CHECK(::fcntl(file->as_handle().raw(), F_GETFD) == FD_CLOEXEC);
    }
}
