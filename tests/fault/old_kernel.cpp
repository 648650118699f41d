// SPDX-License-Identifier: MIT
//
// Every system call for which weld and green have a fallback is tested twice: as this kernel provides it, and refused,
// as an older kernel or an old seccomp filter does. The results are the same.
//
// A row of `table` holds a call, the errors that may refuse it, and a use of it that returns zero on success. Each use
// runs in its own process, since weld caches some answers of the kernel.
#include <support/child.hpp>
#include <support/refuse.hpp>
#include <support/words.hpp>

#include <green/runtime.hpp>
#include <green/thread.hpp>
#include <weld/fs.hpp>
#include <weld/io/stdio.hpp>
#include <weld/os/linux.hpp>
#include <weld/os/unix.hpp>
#include <weld/os/unix/process.hpp>

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <latch>
#include <string>
#include <utility>
#include <vector>

namespace fs = weld::fs;
namespace io = weld::io;
namespace os = weld::os;
namespace process = weld::process;
using namespace std::chrono_literals;
using process::Child;
using process::Command;
using process::Stdio;
using test::child;
using test::must;
using weld::Kind;

namespace {

// ---- writing without a reader --------------------------------------------------------------------------

constexpr std::size_t page = 4096;

/// Reads one page and leaves once the pipe is full again: then a writer of more is in the middle of its call.
void read_and_leave(io::PipeReader reader) {
    std::vector<std::byte> buffer(page);
    (void)weld::read_exact(reader, buffer);
    (void)test::eventually([&] {
        int held = 0;
        return ::ioctl(reader.as_handle().raw(), FIONREAD, &held) == 0 && held == static_cast<int>(page);
    });
}

/// Writes three pages to a pipe of one page, whose reader leaves after the first. SIGPIPE has its default disposition.
template <class Make>
int write_to_one_who_leaves(Make make) {
    ::signal(SIGPIPE, SIG_DFL);
    io::Pipe pipe = must(io::pipe());
    if (::fcntl(pipe.writer.as_handle().raw(), F_SETPIPE_SZ, static_cast<int>(page)) != static_cast<int>(page)) {
        return 1;
    }
    auto writer = make(std::move(pipe.writer));
    auto reader =
        must(weld::thread::spawn([end = std::move(pipe.reader)]() mutable { read_and_leave(std::move(end)); }));
    const std::vector<std::byte> much(3 * page);
    const auto first = writer.write(much);
    std::move(reader).join();
    const auto second = writer.write(much);
    sigset_t pending;
    ::sigpending(&pending);
    return first == 2 * page && !second && second.error().kind() == Kind::BrokenPipe &&
                   ::sigismember(&pending, SIGPIPE) == 0
               ? 0
               : 2;
}

int write_to_pipe() {
    return write_to_one_who_leaves([](io::PipeWriter writer) { return writer; });
}

int write_to_raw_output() {
    return write_to_one_who_leaves([](const io::PipeWriter& writer) {
        (void)::dup2(writer.as_handle().raw(), STDOUT_FILENO);
        return io::StdoutRaw();
    });
}

/// A SIGPIPE that was pending before belongs to the process, and stays pending.
int write_with_one_pending() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGPIPE);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    (void)::raise(SIGPIPE);
    sigset_t pending;
    const int failed = write_to_one_who_leaves([](io::PipeWriter writer) { return writer; });
    ::sigpending(&pending);
    return failed == 2 && ::sigismember(&pending, SIGPIPE) == 1 ? 0 : 3;
}

// ---- files ---------------------------------------------------------------------------------------------

int look_at_files() {
    const test::TempDir dir;
    must(fs::write(dir / "file", "abc"));
    must(fs::symlink("file", dir / "link"));
    const auto file = must(fs::File::open(dir / "file"));
    const auto missing = fs::metadata(dir / "none");
    return must(fs::metadata(dir / "link")).len() == 3 && must(file.metadata()).is_file() &&
                   must(fs::symlink_metadata(dir / "link")).is_symlink() && !missing &&
                   missing.error().kind() == Kind::NotFound
               ? 0
               : 1;
}

int copy_files() {
    const test::TempDir dir;
    const std::string text(100'000, 'x');
    must(fs::write(dir / "from", text));
    const auto count = must(fs::copy(dir / "from", dir / "to"));
    return count == text.size() && must(fs::read_to_string(dir / "to")) == text ? 0 : 1;
}

// ---- children ------------------------------------------------------------------------------------------

/// A child that dies with this process, which a failure may end early.
Child ready(std::string_view verb) {
    Command command = child(verb);
    os::process_group(os::death_signal(command.out(Stdio::piped()), SIGKILL), 0);
    Child started = must(command.spawn());
    if (!test::hears(*started.out, "ready\n")) {
        ::_exit(99);
    }
    return started;
}

int end_children() {
    Child killed = ready("wait");
    Child asked = ready("wait");
    Child stubborn = ready("stubborn");
    Child signalled = ready("wait");
    Child group = ready("wait");
    must(killed.kill());
    must(os::send_signal(signalled, SIGINT));
    must(os::signal_group(group, SIGUSR1));
    const bool are_ended = os::signal(must(killed.wait())) == SIGKILL &&
                           os::signal(must(asked.stop({.terminate = 1h}))) == SIGTERM &&
                           os::signal(must(stubborn.stop({.terminate = 1ms}))) == SIGKILL &&
                           os::signal(must(signalled.wait())) == SIGINT && os::signal(must(group.wait())) == SIGUSR1;
    // After the child was reaped no signal is sent, whichever process has its id now.
    return are_ended && killed.kill() && os::send_signal(asked, 12345) ? 0 : 1;
}

int wait_for_children() {
    Child ended = must(child("exit", "3").spawn());
    Child waiting = ready("wait");
    const bool is_waited_for = must(ended.wait()).code() == 3 && must(ended.wait()).code() == 3 &&
                               !must(waiting.try_wait()).has_value() && !must(waiting.wait_for(1ms)).has_value();
    must(waiting.kill());
    return is_waited_for && os::signal(must(waiting.wait_for(1h)).value()) == SIGKILL &&
                   os::signal(must(waiting.try_wait()).value()) == SIGKILL
               ? 0
               : 1;
}

int use_children() {
    const int failed = wait_for_children() * 10 + end_children();
    const auto missing = Command("/nowhere").spawn();
    return failed == 0 && !missing && missing.error().kind() == Kind::NotFound ? 0 : failed + 1;
}

int run_own_code() {
    Command command = child("cwd");
    os::pre_exec(
        command,
        [](void*) { return ::chdir("/usr") == 0 ? weld::sys::Result<void>() : std::unexpected(weld::sys::Errno::Io); },
        nullptr);
    return must(command.output()).out == "/usr\n" ? 0 : 1;
}

int close_others() {
    (void)::dup(2);
    const int kept = ::dup(2);
    Command command = child("fds");
    os::map_fd(os::close_other_fds(command), kept, kept);
    const std::set<std::string> expected = {"0", "1", "2", std::to_string(kept)};
    return test::lines_of(must(command.output()).out) == expected ? 0 : 1;
}

// ---- tasks ---------------------------------------------------------------------------------------------

/// Many tasks that exist at once, so that stacks are mapped and guarded in batches.
int run_tasks() {
    constexpr std::size_t count = 1000;
    const auto sum = green::run([] -> weld::Result<std::size_t> {
        std::vector<green::thread::JoinHandle<std::size_t>> all;
        for (std::size_t i = 0; i < count; ++i) {
            auto spawned = green::thread::spawn([i] {
                green::thread::yield_now();
                return i;
            });
            if (!spawned) {
                return std::unexpected(spawned.error());
            }
            all.push_back(*std::move(spawned));
        }
        std::size_t total = 0;
        for (auto& one : all) {
            total += std::move(one).join();
        }
        return total;
    });
    return sum == count * (count - 1) / 2 ? 0 : 1;
}

[[gnu::noinline]] int go_down(int depth) {
    volatile char frame[1024];
    frame[0] = static_cast<char>(depth);
    return depth == 0 ? 0 : go_down(depth - 1) + frame[0];
}

/// A task that overflows its stack ends the process, with each kind of guard.
int overflow_stack() {
    const auto end = test::in_child([] {
        for (const int signal : {SIGSEGV, SIGBUS}) {
            ::signal(signal, SIG_DFL);
        }
        (void)green::run([] { return go_down(100'000); });
        return 0;
    });
    return WIFSIGNALED(end.status) ? run_tasks() : 2;
}

// ---- the sweep -----------------------------------------------------------------------------------------

constexpr std::uint32_t clone_pidfd = 0x1000;
constexpr std::uint32_t by_pidfd = 3;         // P_PIDFD
constexpr std::uint32_t guard_install = 102;  // MADV_GUARD_INSTALL
constexpr std::uint32_t all_bits = 0xffffffff;

/// Whether a stack overflow hits the guard; not under a sanitizer, which has stacks of its own.
constexpr bool watches_stacks = !test::under_sanitizer;

struct Row {
    const char* use;
    test::Refused refused;
    std::vector<int> errors;
    int (*run)();
};

std::vector<Row> table() {
    const std::vector<int> call = {ENOSYS, EPERM, EOPNOTSUPP};
    const std::vector<int> flag = {ENOSYS, EPERM, EOPNOTSUPP, EINVAL};
    const test::Refused no_signal{.call = SYS_pwritev2, .argument = 5, .mask = all_bits};
    const test::Refused guard{.call = SYS_madvise, .argument = 2, .mask = all_bits, .value = guard_install};
    const test::Refused stacks{.call = SYS_process_madvise};
    const test::Refused signals{.call = SYS_pidfd_send_signal};
    const test::Refused group{.call = SYS_pidfd_send_signal, .argument = 3, .mask = 4};
    const test::Refused waiting{.call = SYS_waitid, .argument = 0, .mask = all_bits, .value = by_pidfd};
    const test::Refused made{.call = SYS_clone, .argument = 0, .mask = clone_pidfd};
    return {
        {"a pipe is written to", no_signal, flag, write_to_pipe},
        {"standard output is written to", no_signal, flag, write_to_raw_output},
        {"a pipe is written to with SIGPIPE pending", no_signal, flag, write_with_one_pending},
        {"metadata of files is read", {.call = SYS_statx}, call, look_at_files},
        {"files are copied", {.call = SYS_copy_file_range}, {ENOSYS, EPERM, EOPNOTSUPP, EINVAL, EXDEV}, copy_files},
        {"children are made with pidfds", made, flag, use_children},
        {"children run code of the caller before exec", made, flag, run_own_code},
        {"pidfds are opened", {.call = SYS_pidfd_open}, call, run_own_code},
        {"children are killed by pidfds", signals, flag, end_children},
        {"process groups are killed by pidfds", group, flag, end_children},
        {"children are waited for by pidfds", waiting, flag, wait_for_children},
        {"other descriptors are closed", {.call = SYS_close_range}, flag, close_others},
        {"workers pass each other", {.call = SYS_membarrier}, flag, run_tasks},
        {"stacks are guarded", guard, flag, overflow_stack},
        {"stacks are guarded in batches", stacks, flag, run_tasks},
        {"shadow stacks are detected", {.call = SYS_prctl, .mask = all_bits, .value = 74}, flag, run_tasks},
        {"sleeps are made exact", {.call = SYS_prctl, .mask = all_bits, .value = PR_SET_TIMERSLACK}, flag, run_tasks},
    };
}

}  // namespace

TEST_CASE("every call that a kernel may refuse has a fallback with the same result") {
    for (const Row& row : table()) {
        if (row.run == overflow_stack && !watches_stacks) {
            continue;
        }
        INFO(row.use);
        const auto plain = test::in_child(row.run);
        CHECK(plain.status == 0);
        for (const int error : row.errors) {
            INFO(::strerrorname_np(error));
            const auto end =
                test::in_child([&] { return test::refuse(row.refused, error) ? row.run() : test::no_filter; });
            if (end.exited_with(test::no_filter)) {
                WARN("skipped: this system does not allow a seccomp filter");
                return;
            }
            INFO(end.said);
            CHECK(end.status == 0);
        }
    }
}
