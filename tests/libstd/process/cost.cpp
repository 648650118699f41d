// SPDX-License-Identifier: MIT
//
// What a child costs: no page table of this process is copied for one, however much there is and whatever the child is
// to do. This program's clone counts, and calls the system's.
#include <support/child.hpp>
#include <support/soak.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/os/linux.hpp>
#include <weld/os/unix.hpp>
#include <weld/os/unix/process.hpp>

#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdarg>
#include <functional>
#include <string>
#include <vector>

namespace os = weld::os;
namespace process = weld::process;
using process::Command;
using process::Stdio;
using test::child;
using test::must;

namespace {

int flags_of_last = 0;
int clones = 0;

long minor_faults() {
    rusage usage{};
    (void)::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
}

/// Memory that is there, all of it written to.
class Heap {
public:
    explicit Heap(std::size_t size) : size_(size) {
        memory_ = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        REQUIRE(memory_ != MAP_FAILED);
        (void)::madvise(memory_, size, MADV_NOHUGEPAGE);  // a fault for each page, were they copied
        touch();
    }
    Heap(const Heap&) = delete;
    Heap& operator=(const Heap&) = delete;
    ~Heap() { ::munmap(memory_, size_); }

    /// Writes to each page once more.
    void touch() const {
        for (std::size_t offset = 0; offset < size_; offset += 4096) {
            static_cast<volatile char*>(memory_)[offset] = 1;
        }
    }

private:
    std::size_t size_;
    void* memory_;
};

/// 64 MiB; in a soak 4 GiB, or a quarter of the machine's memory if that is less.
std::size_t heap_size() {
    const auto machine = static_cast<std::size_t>(::sysconf(_SC_PHYS_PAGES)) * 4096;
    return test::soak_time().count() == 0 ? std::size_t{64} << 20 : std::min(std::size_t{4} << 30, machine / 4);
}

struct Path {
    const char* name;
    std::function<void(Command&)> set;
    bool is_for_root = false;
};

std::vector<Path> paths() {
    return {
        {"nothing", [](Command&) {}},
        {"streams", [](Command& command) { command.in(Stdio::null()).out(Stdio::null()); }},
        {"environment", [](Command& command) { command.env_clear().env("A", "b"); }},
        {"directory", [](Command& command) { command.current_dir("/"); }},
        {"descriptors", [](Command& command) { os::map_fd(os::map_fd(os::map_fd(command, 2, 7), 1, 2), 2, 1); }},
        {"others", [](Command& command) { os::close_other_fds(command); }},
        {"session", [](Command& command) { os::setsid(command); }},
        {"group of processes", [](Command& command) { os::process_group(command, 0); }},
        {"death signal", [](Command& command) { os::death_signal(command, SIGKILL); }},
        {"name", [](Command& command) { os::arg0(command, "other"); }},
        {"user", [](Command& command) { os::gid(os::uid(command, 65534), 65534); }, true},
        {"group", [](Command& command) { os::gid(command, 65534); }, true},
        {"groups", [](Command& command) { os::groups(command, std::array<std::uint32_t, 1>{1}); }, true},
        {"root", [](Command& command) { os::chroot(command, "/"); }, true},
    };
}

}  // namespace

extern "C" int __clone(int (*entry)(void*), void* stack, int flags, void* argument, ...) noexcept;

int __clone(int (*entry)(void*), void* stack, int flags, void* argument, ...) noexcept {
    std::va_list more;
    va_start(more, argument);
    auto* const pidfd = va_arg(more, pid_t*);
    va_end(more);
    flags_of_last = flags;
    ++clones;
    return ::clone(entry, stack, flags, argument, pidfd, nullptr, nullptr);
}

TEST_CASE("a child is started without a copy of this process's memory", "[soak][promise:2.39]") {
    const Heap heap(heap_size());
    for (const Path& path : paths()) {
        INFO(path.name);
        if (path.is_for_root && ::geteuid() != 0) {
            continue;
        }
        Command command = child("exit", "0");
        path.set(command);
        clones = flags_of_last = 0;
        CHECK(must(command.status()).success());
        CHECK(clones == 1);
        CHECK((flags_of_last & (CLONE_VM | CLONE_VFORK)) == (CLONE_VM | CLONE_VFORK));
        // Nor is one that shares the tables of this process's descriptors, handlers or directories.
        CHECK((flags_of_last & (CLONE_FILES | CLONE_SIGHAND | CLONE_FS | CLONE_THREAD)) == 0);
    }
}

TEST_CASE("a write of this process after a spawn copies no page", "[soak][promise:2.39]") {
    const Heap heap(heap_size());
    const Command command = child("exit", "0");
    CHECK(must(command.status()).success());
    const long before = minor_faults();
    for (int round = 0; round < 5; ++round) {
        CHECK(must(command.status()).success());
        heap.touch();
    }
    CHECK(minor_faults() - before < 1000);
}

TEST_CASE("only pre_exec copies the memory, and clone waits for it", "[promise:2.39]") {
    const Heap heap(std::size_t{64} << 20);
    Command command = child("wait");
    os::pre_exec(command.out(Stdio::piped()), [](void*) -> weld::sys::Result<void> { return {}; }, nullptr);
    CHECK(must(child("exit", "0").status()).success());  // memory is known to be shared from now on
    clones = 0;
    const long before = minor_faults();
    process::Child forked = must(command.spawn());
    heap.touch();
    CHECK(minor_faults() - before > 10'000);
    CHECK(clones == 1);
    CHECK((flags_of_last & (CLONE_VM | CLONE_VFORK)) == CLONE_VFORK);
    must(forked.kill());
    CHECK(os::signal(must(forked.wait())) == SIGKILL);
}
