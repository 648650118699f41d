// SPDX-License-Identifier: MIT
//
// Descriptor I/O: success and errors of each call, and that none retries.
#include <support/words.hpp>

#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>

#include <sys/time.h>
#include <unistd.h>
#include <array>
#include <csignal>
#include <cstdint>
#include <limits>

namespace sys = weld::sys;
using sys::Errno;
using sys::OpenFlags;
using sys::Whence;
using test::bytes;
using test::errno_of;
using test::must;
using test::text;

namespace {

constexpr sys::BorrowedFd bad{1 << 20};
constexpr std::uint64_t too_far = std::uint64_t{std::numeric_limits<std::int64_t>::max()} + 1;

struct Scratch {
    test::TempDir dir;
    sys::OwnedFd owned = must(sys::openat(sys::cwd, sys::CStr((dir / "file").c_str()),
                                          OpenFlags::ReadWrite | OpenFlags::Create | OpenFlags::CloseOnExec, 0600));
    sys::BorrowedFd fd = owned.borrow();
    std::array<std::byte, 16> buffer{};
};

struct Pipe {
    Pipe() { REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0); }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    std::array<int, 2> ends{};
    [[nodiscard]] sys::BorrowedFd reader() const { return sys::BorrowedFd(ends[0]); }
    [[nodiscard]] sys::BorrowedFd writer() const { return sys::BorrowedFd(ends[1]); }
};

}  // namespace

TEST_CASE("read and write move the position and return how many bytes") {
    Scratch scratch;
    CHECK(must(sys::write(scratch.fd, bytes("abcdef"))) == 6);
    CHECK(must(sys::lseek(scratch.fd, 0, Whence::Current)) == 6);
    CHECK(must(sys::read(scratch.fd, scratch.buffer)) == 0);
    CHECK(must(sys::lseek(scratch.fd, 2, Whence::Set)) == 2);
    CHECK(text(scratch.buffer, must(sys::read(scratch.fd, scratch.buffer))) == "cdef");
    CHECK(must(sys::read(scratch.fd, {})) == 0);
    CHECK(must(sys::write(scratch.fd, {})) == 0);
}

TEST_CASE("pread and pwrite do not move the position") {
    Scratch scratch;
    CHECK(must(sys::pwrite(scratch.fd, bytes("xyz"), 4)) == 3);
    CHECK(must(sys::lseek(scratch.fd, 0, Whence::Current)) == 0);
    CHECK(text(scratch.buffer, must(sys::pread(scratch.fd, scratch.buffer, 3))) == std::string_view("\0xyz", 4));
    CHECK(must(sys::lseek(scratch.fd, 0, Whence::Current)) == 0);
    CHECK(must(sys::pread(scratch.fd, scratch.buffer, 100)) == 0);
}

TEST_CASE("lseek seeks from the start, the position and the end, and to data and holes") {
    Scratch scratch;
    must(sys::ftruncate(scratch.fd, 100));
    CHECK(must(sys::lseek(scratch.fd, -1, Whence::End)) == 99);
    CHECK(must(sys::lseek(scratch.fd, -9, Whence::Current)) == 90);
    CHECK(must(sys::lseek(scratch.fd, 7, Whence::Set)) == 7);
    must(sys::pwrite(scratch.fd, bytes("x"), 50));
    CHECK(must(sys::lseek(scratch.fd, 0, Whence::Data)) <= 50);
    CHECK(must(sys::lseek(scratch.fd, 51, Whence::Hole)) <= 100);
    CHECK(errno_of(sys::lseek(scratch.fd, 100, Whence::Data)) == Errno::Nxio);
    CHECK(errno_of(sys::lseek(scratch.fd, -1, Whence::Set)) == Errno::Inval);
}

TEST_CASE("ftruncate cuts a file, and grows it with zeros") {
    Scratch scratch;
    must(sys::write(scratch.fd, bytes("abcdef")));
    must(sys::ftruncate(scratch.fd, 2));
    CHECK(must(sys::lseek(scratch.fd, 0, Whence::End)) == 2);
    must(sys::ftruncate(scratch.fd, 4));
    CHECK(text(scratch.buffer, must(sys::pread(scratch.fd, scratch.buffer, 0))) == std::string_view("ab\0\0", 4));
}

TEST_CASE("fsync and fdatasync succeed on a file and fail on a pipe") {
    Scratch scratch;
    CHECK(sys::fsync(scratch.fd));
    CHECK(sys::fdatasync(scratch.fd));
    const Pipe pipe;
    CHECK(errno_of(sys::fsync(pipe.writer())) == Errno::Inval);
    CHECK(errno_of(sys::fdatasync(pipe.writer())) == Errno::Inval);
}

TEST_CASE("every call on a bad descriptor returns Badf") {
    std::array<std::byte, 4> buffer;
    CHECK(errno_of(sys::read(bad, buffer)) == Errno::Badf);
    CHECK(errno_of(sys::pread(bad, buffer, 0)) == Errno::Badf);
    CHECK(errno_of(sys::write(bad, buffer)) == Errno::Badf);
    CHECK(errno_of(sys::pwrite(bad, buffer, 0)) == Errno::Badf);
    CHECK(errno_of(sys::lseek(bad, 0, Whence::Set)) == Errno::Badf);
    CHECK(errno_of(sys::fsync(bad)) == Errno::Badf);
    CHECK(errno_of(sys::fdatasync(bad)) == Errno::Badf);
    CHECK(errno_of(sys::ftruncate(bad, 0)) == Errno::Badf);
}

TEST_CASE("an offset that does not fit off_t gives Inval") {
    Scratch scratch;
    for (const std::uint64_t offset : {too_far, std::numeric_limits<std::uint64_t>::max()}) {
        CHECK(errno_of(sys::pread(scratch.fd, scratch.buffer, offset)) == Errno::Inval);
        CHECK(errno_of(sys::pwrite(scratch.fd, scratch.buffer, offset)) == Errno::Inval);
        CHECK(errno_of(sys::ftruncate(scratch.fd, offset)) == Errno::Inval);
    }
    CHECK(must(sys::lseek(scratch.fd, 0, Whence::End)) == 0);
}

TEST_CASE("lseek, pread and pwrite fail on a pipe") {
    const Pipe pipe;
    std::array<std::byte, 4> buffer;
    CHECK(errno_of(sys::pread(pipe.reader(), buffer, 0)) == Errno::Spipe);
    CHECK(errno_of(sys::pwrite(pipe.writer(), buffer, 0)) == Errno::Spipe);
    CHECK(errno_of(sys::lseek(pipe.reader(), 0, Whence::Current)) == Errno::Spipe);
}

TEST_CASE("an interrupted read returns Intr") {
    const Pipe pipe;
    struct sigaction counted{};
    struct sigaction before{};
    counted.sa_handler = [](int) {};  // without SA_RESTART
    REQUIRE(::sigaction(SIGALRM, &counted, &before) == 0);
    const itimerval every_millisecond{.it_interval = {0, 1000}, .it_value = {0, 1000}};
    REQUIRE(::setitimer(ITIMER_REAL, &every_millisecond, nullptr) == 0);

    std::array<std::byte, 4> buffer;
    const auto result = sys::read(pipe.reader(), buffer);

    const itimerval never{};
    ::setitimer(ITIMER_REAL, &never, nullptr);
    ::sigaction(SIGALRM, &before, nullptr);
    CHECK(errno_of(result) == Errno::Intr);
}
