// SPDX-License-Identifier: MIT
//
// Metadata: times before 1970 and after 2038, and at the ends of the range of SystemTime. The rest is in
// tests/conformance.
#include <support/words.hpp>

#include <weld/fs.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <cstdint>
#include <string>

namespace fs = weld::fs;
using namespace std::chrono_literals;
using test::must;
using weld::Kind;
using weld::time::SystemTime;

namespace {

void set_times(const std::string& path, timespec accessed, timespec modified) {
    const timespec both[2] = {accessed, modified};
    REQUIRE(::utimensat(AT_FDCWD, path.c_str(), both, AT_SYMLINK_NOFOLLOW) == 0);
}

SystemTime system_time(std::int64_t seconds, std::int64_t nanoseconds) {
    return SystemTime(std::chrono::seconds(seconds) + std::chrono::nanoseconds(nanoseconds));
}

SystemTime modified_of(std::int64_t seconds, std::uint32_t nanoseconds) {
    fs::Metadata metadata;
    metadata.as_native().record().statx.mtime = {.seconds = seconds, .nanoseconds = nanoseconds, .reserved = 0};
    return metadata.modified();
}

}  // namespace

TEST_CASE("every call sets times before 1970 and after 2038, and the system reports the same ones", "[promise:2.12]") {
    const test::TempDir dir(test::memory_directory());
    must(fs::write(dir / "file", ""));
    must(fs::symlink("file", dir / "link"));
    const fs::File file = must(fs::File::open(dir / "file", {.write = true}));
    const fs::Dir here = must(fs::Dir::open(dir.path()));
    for (const SystemTime time : {SystemTime(-1ns), SystemTime(-1s), SystemTime(-1s - 1ns), SystemTime(-1s + 1ns),
                                  SystemTime(-1500ms), SystemTime(), SystemTime(1ns), system_time(INT32_MIN, 0) - 1ns,
                                  system_time(INT32_MIN, 999'999'999), system_time(INT32_MAX, 999'999'999),
                                  system_time(INT64_C(2'147'483'648), 0), system_time(INT64_C(4'294'967'296), 1)}) {
        const std::int64_t seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
        INFO(seconds);
        const fs::FileTimes both{.accessed = time + 1s, .modified = time};
        for (const auto& set : std::array<weld::Result<void>, 6>{
                 file.set_times(both), fs::set_times(dir / "link", both), fs::set_times_nofollow(dir / "file", both),
                 here.set_times("file", both), here.set_times_nofollow("file", both), file.set_modified(time)}) {
            REQUIRE(set.has_value());
        }
        must(fs::set_times_nofollow(dir / "link", both));
        for (const char* name : {"file", "link"}) {
            struct stat status{};
            REQUIRE(::lstat((dir / name).c_str(), &status) == 0);
            CHECK(status.st_mtim.tv_sec == seconds);
            CHECK(std::chrono::nanoseconds(status.st_mtim.tv_nsec) == time - SystemTime(std::chrono::seconds(seconds)));
            CHECK(status.st_mtim.tv_nsec >= 0);
            CHECK(status.st_mtim.tv_nsec < 1'000'000'000);
            CHECK(status.st_atim.tv_sec == seconds + 1);
            CHECK(must(fs::symlink_metadata(dir / name)).modified() == time);
            CHECK(must(fs::symlink_metadata(dir / name)).accessed() == time + 1s);
        }
        CHECK(must(file.metadata()).modified() == time);
        CHECK(must(fs::metadata(dir / "link")).modified() == time);
    }
}

TEST_CASE("a time after the year 2262 is clamped to the last SystemTime") {
    const test::TempDir dir;
    const std::string path = dir / "file";
    must(fs::write(path, ""));
    set_times(path, {.tv_sec = 12'000'000'000, .tv_nsec = 0}, {.tv_sec = 12'000'000'000, .tv_nsec = 5});
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    if (status.st_mtim.tv_sec == 12'000'000'000) {
        const auto metadata = must(fs::metadata(path));
        CHECK(metadata.modified() == SystemTime::max());
        CHECK(metadata.accessed() == SystemTime::max());
    } else {
        WARN("this file system keeps no time after the year 2262");
    }
    CHECK(modified_of(INT64_MAX, 999'999'999) == SystemTime::max());
    CHECK(modified_of(10'000'000'000, 0) == SystemTime::max());
    CHECK(modified_of(INT64_MIN, 0) == SystemTime::min());
    CHECK(modified_of(-10'000'000'000, 0) == SystemTime::min());
}

TEST_CASE("only a time out of the range of SystemTime is clamped") {
    CHECK(modified_of(9'223'372'035, 999'999'999) == system_time(9'223'372'035, 999'999'999));
    CHECK(modified_of(9'223'372'036, 0) == system_time(9'223'372'036, 0));
    CHECK(modified_of(9'223'372'036, 854'775'806) == system_time(9'223'372'036, 854'775'806));
    CHECK(modified_of(9'223'372'036, 854'775'807) == SystemTime::max());
    CHECK(modified_of(9'223'372'036, 854'775'808) == SystemTime::max());
    CHECK(modified_of(9'223'372'037, 0) == SystemTime::max());
    CHECK(modified_of(-9'223'372'035, 5) == system_time(-9'223'372'035, 5));
    CHECK(modified_of(-9'223'372'036, 0) == system_time(-9'223'372'036, 0));
    CHECK(modified_of(-9'223'372'037, 145'224'193) == SystemTime::min() + 1ns);
    CHECK(modified_of(-9'223'372'037, 145'224'192) == SystemTime::min());
    CHECK(modified_of(-9'223'372'037, 145'224'191) == SystemTime::min());
}

TEST_CASE("created is Unsupported where no birth time is recorded") {
    fs::Metadata metadata;
    metadata.as_native().record().statx.mask = weld::sys::StatxMask::BasicStats;
    const auto created = metadata.created();
    REQUIRE_FALSE(created.has_value());
    CHECK(created.error() == Kind::Unsupported);
    CHECK(std::string_view(created.error().operation()) == "created");
}
