// SPDX-License-Identifier: MIT
//
// A child allocates nothing before its program: the allocator of this test kills any other process.
#include <support/child.hpp>
#include <support/soak.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/os/linux.hpp>
#include <weld/os/unix.hpp>
#include <weld/os/unix/process.hpp>

#include <sys/syscall.h>
#include <unistd.h>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>
#include <utility>

namespace os = weld::os;
namespace process = weld::process;
using process::Command;
using process::Stdio;
using test::child;
using test::must;

namespace {

/// The process that may allocate; zero while every one may.
std::atomic<pid_t> owner = 0;

void check_owner() {
    const pid_t expected = owner.load(std::memory_order_relaxed);
    const auto self = static_cast<pid_t>(::syscall(SYS_getpid));
    if (expected != 0 && expected != self) {
        ::syscall(SYS_kill, self, SIGABRT);
    }
}

}  // namespace

extern "C" {

void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void __libc_free(void* memory);

void* malloc(std::size_t size) noexcept {
    check_owner();
    return __libc_malloc(size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
    check_owner();
    return __libc_calloc(count, size);
}

void* realloc(void* memory, std::size_t size) noexcept {
    check_owner();
    return __libc_realloc(memory, size);
}

void free(void* memory) noexcept {
    check_owner();
    __libc_free(memory);
}

}  // extern "C"

namespace {

class Watching {
public:
    Watching() { owner = ::getpid(); }
    Watching(const Watching&) = delete;
    Watching& operator=(const Watching&) = delete;
    ~Watching() { owner = 0; }
};

weld::sys::Result<void> allocate(void* /*argument*/) {
    std::free(std::malloc(1));  // NOLINT: what must not be
    return {};
}

}  // namespace

TEST_CASE("the test notices a child that allocates before its program", "[promise:2.34]") {
    const Watching watching;
    Command command = child("exit", "0");
    os::pre_exec(command, allocate, nullptr);
    process::Child forked = must(command.spawn());
    CHECK(os::signal(must(forked.wait())) == SIGABRT);
}

TEST_CASE("no child allocates before its program, with any settings, also if it fails", "[promise:2.34]") {
    const test::TempDir dir;
    const auto file = must(weld::fs::File::create(dir / "file"));
    Command all = child("both");
    all.env("A", "b")
        .env_remove("PATH")
        .current_dir(dir.path())
        .in(Stdio::null())
        .out(Stdio::piped())
        .err(Stdio::piped());
    os::map_fd(all, os::fd(file), 9);
    os::map_fd(all, os::fd(file), 10);
    os::close_other_fds(os::setsid(os::death_signal(all, SIGTERM)));
    if (::geteuid() == 0) {
        os::groups(os::gid(os::uid(all, ::getuid()), ::getgid()), std::array<std::uint32_t, 1>{0});
        os::chroot(all, "/");
    }
    Command searched("if-this-is-a-binary-then-the-world-has-ended");
    Command nowhere = child("both");
    nowhere.current_dir("/nowhere");
    Command forked = child("both");
    os::pre_exec(forked, [](void*) -> weld::sys::Result<void> { return {}; }, nullptr);

    const Watching watching;
    for (int round = 0; round < 20; ++round) {
        const auto output = must(all.output());
        CHECK(output.status.success());
        CHECK((output.out == "out" && output.err == "err"));
        CHECK(test::kind_of(searched.spawn()) == weld::Kind::NotFound);
        CHECK(test::kind_of(nowhere.spawn()) == weld::Kind::NotFound);
        CHECK(must(forked.output()).status.success());
    }
}

TEST_CASE("locks held by other threads of this process do not affect a child", "[promise:2.34]") {
    std::atomic<bool> stop = false;
    int failed = 0;
    weld::thread::scope([&](auto& scope) {
        for (int i = 0; i < 3; ++i) {
            must(scope.spawn([&] {
                while (!stop) {
                    std::free(std::malloc(100'000));
                    (void)std::getenv("PATH");
                }
            }));
        }
        const Watching watching;
        for (int round = 0; round < 100; ++round) {
            const auto status = child("exit", "0").status();
            failed += status && status->success() ? 0 : 1;
        }
        stop = true;
    });
    CHECK(failed == 0);
}
