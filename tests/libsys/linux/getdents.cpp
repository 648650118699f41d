// SPDX-License-Identifier: MIT
//
// getdents64(2): the records of a directory, and decoding them.
#include <support/words.hpp>

#include <weld/sys/linux/getdents.hpp>
#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <map>
#include <utility>
#include <vector>

namespace sys = weld::sys;
using sys::CStr;
using sys::DirentType;
using sys::Errno;
using test::errno_of;
using test::must;

namespace {

sys::OwnedFd open_directory(const std::string& path) {
    return must(sys::openat(sys::cwd, CStr(path.c_str()), sys::OpenFlags::Directory | sys::OpenFlags::CloseOnExec, 0));
}

}  // namespace

TEST_CASE("getdents64 returns every name with its type and inode") {
    const test::TempDir dir;
    const std::string longest(255, 'n');
    for (const std::string& name : {std::string("file"), longest, std::string("\xff\x80 byte")}) {
        must(sys::openat(sys::cwd, CStr((dir / name).c_str()), sys::OpenFlags::WriteOnly | sys::OpenFlags::Create,
                         0600));
    }
    REQUIRE(::symlink("nowhere", (dir / "link").c_str()) == 0);
    REQUIRE(::mkdir((dir / "dir").c_str(), 0700) == 0);
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);

    const auto opened = open_directory(dir.path());
    std::map<std::string, sys::Dirent64> seen;
    std::array<std::byte, 280> buffer;  // one record of the longest name
    while (const std::size_t size = must(sys::getdents64(opened.borrow(), buffer))) {
        std::span<const std::byte> records(buffer.data(), size);
        while (!records.empty()) {
            const sys::Dirent64 record = sys::first_dirent(records);
            REQUIRE(record.record_size <= records.size());
            CHECK(seen.emplace(record.name.view(), record).second);
            records = records.subspan(record.record_size);
        }
    }
    CHECK(seen.size() == 8);
    CHECK(seen.contains("."));
    CHECK(seen.contains(".."));
    const auto type_of = [&](const std::string& name) {
        REQUIRE(seen.contains(name));
        struct stat status{};
        REQUIRE(::lstat((dir / name).c_str(), &status) == 0);
        CHECK(seen.at(name).ino == status.st_ino);
        return seen.at(name).type;
    };
    CHECK(type_of("file") == DirentType::Regular);
    CHECK(type_of(longest) == DirentType::Regular);
    CHECK(type_of("\xff\x80 byte") == DirentType::Regular);
    CHECK(type_of("link") == DirentType::Symlink);
    CHECK(type_of("dir") == DirentType::Directory);
    CHECK(type_of("fifo") == DirentType::Fifo);
    CHECK(must(sys::getdents64(opened.borrow(), buffer)) == 0);
}

TEST_CASE("an lseek to the offset of a record continues after it") {
    const test::TempDir dir;
    for (const char* name : {"a", "b", "c", "d"}) {
        must(sys::openat(sys::cwd, CStr((dir / name).c_str()), sys::OpenFlags::WriteOnly | sys::OpenFlags::Create,
                         0600));
    }
    const auto opened = open_directory(dir.path());
    std::array<std::byte, 4096> buffer;
    const auto read_all = [&] {
        std::vector<std::pair<std::string, std::int64_t>> seen;
        while (const std::size_t size = must(sys::getdents64(opened.borrow(), buffer))) {
            for (std::span<const std::byte> records(buffer.data(), size); !records.empty();) {
                const sys::Dirent64 record = sys::first_dirent(records);
                seen.emplace_back(record.name.view(), record.offset);
                records = records.subspan(record.record_size);
            }
        }
        return seen;
    };
    const auto all = read_all();
    REQUIRE(all.size() == 6);
    must(sys::lseek(opened.borrow(), all[2].second, sys::Whence::Set));
    const auto rest = read_all();
    CHECK(rest == std::vector(all.begin() + 3, all.end()));
}

TEST_CASE("getdents64 returns the system's errors") {
    const test::TempDir dir;
    std::array<std::byte, 8> small;
    std::array<std::byte, 280> buffer;
    CHECK(errno_of(sys::getdents64(open_directory(dir.path()).borrow(), small)) == Errno::Inval);
    CHECK(errno_of(sys::getdents64(sys::BorrowedFd(1 << 20), buffer)) == Errno::Badf);
    const auto file = must(sys::openat(sys::cwd, CStr("/dev/null"), sys::OpenFlags::CloseOnExec, 0));
    CHECK(errno_of(sys::getdents64(file.borrow(), buffer)) == Errno::Notdir);

    REQUIRE(::mkdir((dir / "gone").c_str(), 0700) == 0);
    const auto gone = open_directory(dir / "gone");
    REQUIRE(::rmdir((dir / "gone").c_str()) == 0);
    CHECK(errno_of(sys::getdents64(gone.borrow(), buffer)) == Errno::Noent);
}
