// SPDX-License-Identifier: MIT
//
// Metadata: types, sizes and times of names.
#include <support/model.hpp>
#include <support/words.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <chrono>
#include <cstdint>
#include <string>

namespace fs = rt::fs;
using namespace std::chrono_literals;
using fs::FileType;
using rt::Kind;
using rt::time::SystemTime;
using test::kind_of;
using test::must;

namespace {

void set_times(const std::string& path, timespec accessed, timespec modified) {
    const timespec both[2] = {accessed, modified};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), both, AT_SYMLINK_NOFOLLOW) == 0);
}

SystemTime system_time(std::int64_t seconds, std::int64_t nanoseconds) {
    return SystemTime(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds));
}

}  // namespace

CONFORMANCE_TEST("metadata tells files from directories",
                 "[rust:file_test_stat_is_correct_on_is_file][rust:file_test_stat_is_correct_on_is_dir]"
                 "[rust:file_test_fileinfo_false_when_checking_is_file_on_a_directory]") {
    const test::TempDir dir;
    {
        const auto open = must(fs::File::create(dir / "file"));
        must(open.write(test::bytes("abc")));
        CHECK(must(open.metadata()).is_file());
    }
    const auto file = must(fs::metadata(dir / "file"));
    CHECK(file.is_file());
    CHECK_FALSE(file.is_dir());
    CHECK_FALSE(file.is_symlink());
    CHECK(file.file_type() == FileType::File);
    CHECK(file.len() == 3);
    const auto directory = must(fs::metadata(dir.path()));
    CHECK(directory.is_dir());
    CHECK_FALSE(directory.is_file());
    CHECK(directory.file_type() == FileType::Directory);
}

CONFORMANCE_TEST("a path has no metadata before its creation and after its removal") {
    const test::TempDir dir;
    const std::string path = dir / "name";
    CHECK(kind_of(fs::metadata(path)) == Kind::NotFound);
    must(fs::create_dir(path));
    CHECK(must(fs::metadata(path)).is_dir());
    must(fs::remove_dir(path));
    CHECK(kind_of(fs::symlink_metadata(path)) == Kind::NotFound);
    must(fs::write(path, ""));
    CHECK(must(fs::metadata(path)).is_file());
    must(fs::remove_file(path));
    CHECK(kind_of(fs::metadata(path)) == Kind::NotFound);
}

CONFORMANCE_TEST("FIFOs and devices have their own file types") {
    const test::TempDir dir;
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    CHECK(must(fs::metadata(dir / "fifo")).file_type() == FileType::Fifo);
    CHECK(must(fs::metadata("/dev/null")).file_type() == FileType::CharDevice);
    CHECK_FALSE(must(fs::metadata("/dev/null")).is_file());
}

CONFORMANCE_TEST("metadata follows a symbolic link and symlink_metadata does not", "[promise:2.11]") {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    REQUIRE(::symlink("file", (dir / "link").c_str()) == 0);
    REQUIRE(::symlink(dir.path().c_str(), (dir / "to_dir").c_str()) == 0);
    REQUIRE(::symlink("missing", (dir / "dangling").c_str()) == 0);
    REQUIRE(::symlink("loop", (dir / "loop").c_str()) == 0);

    CHECK(must(fs::metadata(dir / "link")).is_file());
    CHECK(must(fs::metadata(dir / "link")).len() == 3);
    CHECK(must(fs::symlink_metadata(dir / "link")).is_symlink());
    CHECK(must(fs::symlink_metadata(dir / "link")).len() == 4);
    CHECK(must(fs::metadata(dir / "to_dir")).is_dir());
    CHECK(must(fs::symlink_metadata(dir / "to_dir")).is_symlink());
    CHECK(must(fs::symlink_metadata(dir / "to_dir/file")).is_file());
    CHECK(kind_of(fs::metadata(dir / "dangling")) == Kind::NotFound);
    CHECK(must(fs::symlink_metadata(dir / "dangling")).is_symlink());
    CHECK(kind_of(fs::metadata(dir / "loop")) == Kind::FilesystemLoop);
    CHECK(must(fs::symlink_metadata(dir / "loop")).is_symlink());
}

CONFORMANCE_TEST("metadata of a path that cannot be looked up returns the kind of the failure") {
    CHECK(kind_of(fs::metadata("/dev/null/x")) == Kind::NotADirectory);
    CHECK(kind_of(fs::symlink_metadata("/no/such")) == Kind::NotFound);
    const auto missing = fs::metadata("/no/such");
    CHECK(std::string_view(missing.error().operation()) == "metadata");
}

CONFORMANCE_TEST("times are exact to the nanosecond, also before 1970", "[promise:2.12]") {
    const test::TempDir dir;
    const std::string path = dir / "file";
    must(fs::write(path, ""));
    struct Stamp {
        std::int64_t seconds;
        std::int64_t nanoseconds;
    };
    for (const Stamp stamp : {Stamp{0, 0}, Stamp{0, 1}, Stamp{-1, 0}, Stamp{-1, 999'999'999},
                              Stamp{-86'400, 123'456'789}, Stamp{-2'000'000'000, 7}, Stamp{1'700'000'000, 987'654'321},
                              Stamp{2'147'483'648, 5}, Stamp{5'000'000'000, 999'999'999}}) {
        INFO(stamp.seconds << "." << stamp.nanoseconds);
        set_times(path, {.tv_sec = stamp.seconds + 2, .tv_nsec = stamp.nanoseconds},
                  {.tv_sec = stamp.seconds, .tv_nsec = stamp.nanoseconds});
        const auto metadata = must(fs::metadata(path));
        CHECK(metadata.modified() == system_time(stamp.seconds, stamp.nanoseconds));
        CHECK(metadata.accessed() == system_time(stamp.seconds + 2, stamp.nanoseconds));
        CHECK(metadata.modified() < metadata.accessed());
    }
}

CONFORMANCE_TEST("created is the time of creation, where the file system keeps it", "[rust:metadata_access_times]") {
    const test::TempDir dir;
    const auto before = std::chrono::system_clock::now();
    must(fs::write(dir / "file", "x"));
    const auto after = std::chrono::system_clock::now();
    const auto metadata = must(fs::metadata(dir / "file"));
    const auto parent = must(fs::metadata(dir.path()));
    CHECK(parent.created().has_value() == metadata.created().has_value());
    CHECK(parent.modified() >= before - 1s);
    // The kernel's file times lag its clock by a tick.
    CHECK(metadata.modified() >= before - 1s);
    CHECK(metadata.modified() <= after + 1s);
    CHECK(metadata.accessed() >= before - 1s);
    const auto created = metadata.created();
    if (!created) {
        CHECK(created.error() == Kind::Unsupported);
        WARN("this file system keeps no birth time");
        return;
    }
    CHECK(*created >= before - 1s);
    CHECK(*created <= after + 1s);
    set_times(dir / "file", {.tv_sec = 5, .tv_nsec = 0}, {.tv_sec = 5, .tv_nsec = 0});
    CHECK(must(must(fs::metadata(dir / "file")).created()) == *created);
}
