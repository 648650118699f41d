// SPDX-License-Identifier: MIT
//
// Memory mappings: mmap, munmap, mprotect, madvise, and guards.
#include <support/words.hpp>

#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/posix/mman.hpp>

#include <unistd.h>
#include <csignal>
#include <cstddef>

namespace sys = weld::sys;
using sys::Advice;
using sys::Errno;
using sys::MapFlags;
using sys::Protection;
using test::errno_of;
using test::must;

namespace {

constexpr Protection read_write = Protection::Read | Protection::Write;
constexpr MapFlags anonymous = MapFlags::Private | MapFlags::Anonymous;

class Mapping {
public:
    explicit Mapping(std::size_t pages, Protection protection = read_write)
        : length_(pages * sys::page_size()),
          address_(must(sys::mmap(nullptr, length_, protection, anonymous, sys::no_fd, 0))) {}
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() { (void)sys::munmap(address_, length_); }

    [[nodiscard]] volatile char* bytes() const { return static_cast<char*>(address_); }
    [[nodiscard]] void* address() const { return address_; }
    [[nodiscard]] std::size_t length() const { return length_; }

private:
    std::size_t length_;
    void* address_;
};

/// Whether reading the byte at `address` kills a process.
bool faults(volatile char* address) {
    const auto end = test::in_child([&] { return *address == 1 ? 1 : 0; });
    return end.died_of(SIGSEGV);
}

}  // namespace

TEST_CASE("page_size returns the system's page size") {
    CHECK(sys::page_size() == static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
}

TEST_CASE("anonymous memory starts as zeros and can be written") {
    const Mapping mapping(2);
    CHECK(mapping.bytes()[mapping.length() - 1] == 0);
    mapping.bytes()[mapping.length() - 1] = 7;
    CHECK(mapping.bytes()[mapping.length() - 1] == 7);
}

TEST_CASE("writes to a shared mapping reach the file") {
    const test::TempDir dir;
    const auto file = must(sys::openat(sys::cwd, sys::CStr((dir / "file").c_str()),
                                       sys::OpenFlags::ReadWrite | sys::OpenFlags::Create, 0600));
    must(sys::ftruncate(file.borrow(), 2 * sys::page_size()));
    void* mapped =
        must(sys::mmap(nullptr, sys::page_size(), read_write, MapFlags::Shared, file.borrow(), sys::page_size()));
    static_cast<char*>(mapped)[3] = 'x';
    must(sys::munmap(mapped, sys::page_size()));
    std::array<std::byte, 4> buffer;
    CHECK(test::text(buffer, must(sys::pread(file.borrow(), buffer, sys::page_size()))) ==
          std::string_view("\0\0\0x", 4));
    CHECK(errno_of(sys::mmap(nullptr, sys::page_size(), read_write, MapFlags::Shared, file.borrow(), 1)) ==
          Errno::Inval);
}

TEST_CASE("mprotect removes and restores access") {
    const Mapping mapping(1);
    mapping.bytes()[0] = 5;
    must(sys::mprotect(mapping.address(), mapping.length(), Protection::None));
    CHECK(faults(mapping.bytes()));
    must(sys::mprotect(mapping.address(), mapping.length(), Protection::Read));
    CHECK(mapping.bytes()[0] == 5);
    CHECK_FALSE(faults(mapping.bytes()));
}

TEST_CASE("an access to unmapped memory kills the process") {
    void* address = must(sys::mmap(nullptr, sys::page_size(), read_write, anonymous, sys::no_fd, 0));
    must(sys::munmap(address, sys::page_size()));
    CHECK(errno_of(sys::mprotect(address, sys::page_size(), Protection::Read)) == Errno::Nomem);
}

TEST_CASE("mmap with FixedNoReplace refuses to replace a mapping") {
    const Mapping mapping(1);
    CHECK(errno_of(sys::mmap(mapping.address(), mapping.length(), read_write, anonymous | MapFlags::FixedNoReplace,
                             sys::no_fd, 0)) == Errno::Exist);
    mapping.bytes()[0] = 5;
    CHECK(must(sys::mmap(mapping.address(), mapping.length(), read_write, anonymous | MapFlags::Fixed, sys::no_fd,
                         0)) == mapping.address());
    CHECK(mapping.bytes()[0] == 0);
}

TEST_CASE("memory reads as zeros after DontNeed") {
    const Mapping mapping(2);
    mapping.bytes()[0] = 5;
    must(sys::madvise(mapping.address(), mapping.length(), Advice::DontNeed));
    CHECK(mapping.bytes()[0] == 0);
    CHECK(sys::madvise(mapping.address(), mapping.length(), Advice::WillNeed));
}

TEST_CASE("bad arguments return the system's error numbers") {
    CHECK(errno_of(sys::mmap(nullptr, 0, read_write, anonymous, sys::no_fd, 0)) == Errno::Inval);
    CHECK(errno_of(sys::mmap(nullptr, 1, read_write, MapFlags::Private, sys::BorrowedFd(1 << 20), 0)) == Errno::Badf);
    CHECK(errno_of(sys::mmap(nullptr, ~std::size_t{0} / 2, read_write, anonymous, sys::no_fd, 0)) == Errno::Nomem);
    const Mapping mapping(1);
    void* inside = static_cast<char*>(mapping.address()) + 1;
    CHECK(errno_of(sys::munmap(inside, mapping.length())) == Errno::Inval);
    CHECK(errno_of(sys::mprotect(inside, mapping.length(), read_write)) == Errno::Inval);
    CHECK(errno_of(sys::madvise(inside, mapping.length(), Advice::DontNeed)) == Errno::Inval);
    CHECK(errno_of(sys::madvise(mapping.address(), mapping.length(), static_cast<Advice>(9999))) == Errno::Inval);
}

TEST_CASE("madvise installs and removes a guard, where the kernel supports guards") {
    const Mapping mapping(3);
    void* second = static_cast<char*>(mapping.address()) + sys::page_size();
    const auto installed = sys::madvise(second, sys::page_size(), Advice::GuardInstall);
    if (!installed) {
        CHECK(installed.error() == Errno::Inval);
        WARN("this kernel has no MADV_GUARD_INSTALL: skipped");
        return;
    }
    CHECK(faults(mapping.bytes() + sys::page_size()));
    CHECK_FALSE(faults(mapping.bytes()));
    CHECK_FALSE(faults(mapping.bytes() + 2 * sys::page_size()));
    must(sys::madvise(second, sys::page_size(), Advice::GuardRemove));
    CHECK_FALSE(faults(mapping.bytes() + sys::page_size()));
}
