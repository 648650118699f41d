// SPDX-License-Identifier: MIT
//
// green::fs::File: its offloaded calls have the results of the inline ones.
#include <support/green_io.hpp>

#include <green/fs.hpp>

#include <weld/io.hpp>

#include <sys/stat.h>
#include <array>
#include <string>
#include <utility>

namespace fs = green::fs;
using fs::File;
using fs::Mode;
using fs::SeekFrom;
using test::bytes;
using test::kind_of;
using test::must;
using test::text;
using weld::Kind;
namespace thread = green::thread;

static_assert(weld::Reader<const File> && weld::Writer<const File>);

GREEN_TEST("a file writes, seeks and reads in the mode that it was opened in") {
    const test::TempDir dir;
    for (const Mode mode : {Mode::Inline, Mode::Offload}) {
        File file = must(File::open(dir / "file", {.read = true, .write = true, .create = true}, mode));
        CHECK((file.mode() == mode));
        std::array<std::byte, 16> buffer{};
        CHECK(must(file.write(bytes("ten-four"))) == 8);
        CHECK(must(file.seek(SeekFrom::Start, 4)) == 4);
        CHECK(text(buffer, must(file.read(buffer))) == "four");
        CHECK(must(file.read(buffer)) == 0);
        CHECK(must(file.write_at(bytes("FOUR"), 4)) == 4);
        CHECK(text(buffer, must(file.read_at(buffer, 0))) == "ten-FOUR");
        CHECK(must(file.seek(SeekFrom::Current, 0)) == 8);
        must(file.set_len(3));
        CHECK(must(file.metadata()).len() == 3);
        must(file.sync_all());
        must(file.sync_data());
        const int fd = file.as_handle().raw();
        must(std::move(file).close());
        CHECK(::fcntl(fd, F_GETFD) == -1);
        CHECK(must(fs::read_to_string(dir / "file")) == "ten");
    }
}

GREEN_TEST("create, create_new and open work in both modes") {
    const test::TempDir dir;
    for (const Mode mode : {Mode::Inline, Mode::Offload}) {
        const std::string path = dir / (mode == Mode::Inline ? "inline" : "offload");
        must(must(File::create_new(path, mode)).write(bytes("first")));
        CHECK(kind_of(File::create_new(path, mode)) == Kind::AlreadyExists);
        std::array<std::byte, 16> buffer{};
        const File reader = must(File::open(path, mode));
        CHECK((reader.mode() == mode));
        CHECK(text(buffer, must(reader.read(buffer))) == "first");
        must(must(File::create(path, mode)).write(bytes("2")));
        CHECK(must(fs::read_to_string(path)) == "2");
    }
}

GREEN_TEST("a failed call returns the same error in both modes") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    std::array<std::byte, 4> buffer{};
    for (const Mode mode : {Mode::Inline, Mode::Offload}) {
        const auto missing = File::open(dir / "missing", mode);
        CHECK(kind_of(missing) == Kind::NotFound);
        CHECK(std::string_view(missing.error().operation()) == "open");
        CHECK(kind_of(File::open(dir / "file/x", mode)) == Kind::NotADirectory);
        CHECK(kind_of(File::create(dir.path(), mode)) == Kind::IsADirectory);
        CHECK(kind_of(File::open(dir / "file", {.create = true}, mode)) == Kind::InvalidInput);
        const File reader = must(File::open(dir / "file", mode));
        const auto written = reader.write(buffer);
        REQUIRE_FALSE(written.has_value());
        CHECK(written.error() == std::errc::bad_file_descriptor);
        CHECK(std::string_view(written.error().operation()) == "write");
        CHECK_FALSE(reader.set_len(1).has_value());
        CHECK(kind_of(reader.seek(SeekFrom::Start, -1)) == Kind::InvalidInput);
        CHECK(kind_of(must(File::open("/dev/full", {.write = true}, mode)).write(buffer)) == Kind::StorageFull);
    }
}

GREEN_TEST("into_native gives the native file, and from_native takes it over in a mode") {
    const test::TempDir dir;
    File file = must(File::create(dir / "file", Mode::Offload));
    const int fd = file.as_handle().raw();
    CHECK(file.as_native().as_handle().raw() == fd);
    weld::fs::File native = std::move(file).into_native();
    CHECK(must(native.write(bytes("na"))) == 2);
    File again = File::from_native(std::move(native), Mode::Offload);
    CHECK((again.mode() == Mode::Offload));
    CHECK(must(again.write(bytes("tive"))) == 4);
    CHECK(must(fs::read_to_string(dir / "file")) == "native");
    weld::sys::OwnedHandle handle = std::move(again).into_handle();
    CHECK(handle.borrow().raw() == fd);
}

// Inline, on one worker, the first open would wait for the second for ever.
GREEN_TEST("an offloaded open that waits for another task's open lets that task run") {
    const test::TempDir dir;
    const std::string fifo = dir / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    auto writer = must(thread::spawn([&] {
        const auto file = File::open(fifo, {.write = true}, Mode::Offload);
        return file && file->write(bytes("through")).value_or(0) == 7;
    }));
    const File reader = must(File::open(fifo, Mode::Offload));
    std::array<std::byte, 16> buffer{};
    CHECK(text(buffer, must(reader.read(buffer))) == "through");
    CHECK(must(reader.read(buffer)) == 0);
    CHECK(std::move(writer).join());
}
