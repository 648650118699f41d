// SPDX-License-Identifier: MIT
//
// Compiled without sanitizers: these functions never return, run on a stack that a sanitizer does not know, and would
// change its records in the memory of the parent.
#include "spawn_child.hpp"

#include "refusal.hpp"
#include "retry.hpp"

#include <weld/sys/linux/close_range.hpp>
#include <weld/sys/linux/credentials.hpp>
#include <weld/sys/linux/getdents.hpp>
#include <weld/sys/linux/prctl.hpp>
#include <weld/sys/linux/sched.hpp>
#include <weld/sys/linux/signal.hpp>
#include <weld/sys/posix/environ.hpp>
#include <weld/sys/posix/exec.hpp>
#include <weld/sys/posix/fcntl.hpp>
#include <weld/sys/posix/fs.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

namespace weld::native {

namespace {

using sys::BorrowedFd;
using sys::Errno;

constexpr sys::RawHandle first_other = 3;  // the first number after the standard handles

/// Parses `text` as a number; nothing if it is not one.
std::optional<sys::RawHandle> number_of(std::string_view text) noexcept {
    sys::RawHandle number = 0;
    for (const char digit : text) {
        if (digit < '0' || digit > '9') {
            return std::nullopt;
        }
        number = number * 10 + (digit - '0');
    }
    return number;
}

/// The fallback without close_range: marks each descriptor that /proc lists. Closes its own at the end.
sys::Result<void> mark_listed_others() noexcept {
    constexpr auto flags = sys::OpenFlags::ReadOnly | sys::OpenFlags::Directory | sys::OpenFlags::CloseOnExec;
    const sys::OwnedFd list =
        WELD_TRY(retry([] { return sys::openat(sys::cwd, sys::CStr("/proc/self/fd"), flags, 0); }));
    alignas(std::uint64_t) std::array<std::byte, 1024> buffer;
    for (;;) {
        const std::size_t size = WELD_TRY(sys::getdents64(list.borrow(), buffer));
        if (size == 0) {
            return {};
        }
        for (auto records = std::span<const std::byte>(buffer).first(size); !records.empty();) {
            const sys::Dirent64 record = sys::first_dirent(records);
            records = records.subspan(record.record_size);
            if (const auto number = number_of(record.name.view()); number && *number >= first_other) {
                WELD_TRY(sys::fcntl_set_cloexec(BorrowedFd(*number), true));
            }
        }
    }
}

/// Marks all descriptors but the standard ones close-on-exec. To be called before the descriptors of the plan are
/// placed, since those stay open over exec.
sys::Result<void> mark_others() noexcept {
    constexpr std::uint32_t last = std::numeric_limits<std::uint32_t>::max();
    const auto marked = sys::close_range(first_other, last, sys::CloseRangeFlags::CloseOnExec);
    return !marked && may_refuse_flag(marked.error()) ? mark_listed_others() : marked;
}

/// Places the descriptors of the plan. A source whose number is also a target of the plan would be overwritten before
/// it is placed: it is first moved above all targets.
sys::Result<void> place_descriptors(Launch& launch) noexcept {
    const std::span<DescriptorMapping> all = launch.plan->descriptors;
    sys::RawHandle above = first_other;
    for (const DescriptorMapping& one : all) {
        constexpr sys::RawHandle highest = std::numeric_limits<sys::RawHandle>::max();
        above = std::max(above, one.number == highest ? highest : one.number + 1);
    }
    const auto is_number = [&](sys::RawHandle handle) {
        return std::ranges::any_of(all, [&](const DescriptorMapping& one) { return one.number == handle; });
    };
    const auto move_above = [&](sys::RawHandle& handle) -> sys::Result<void> {
        handle = WELD_TRY(sys::fcntl_dupfd_cloexec(BorrowedFd(handle), above)).release();
        return {};
    };
    if (launch.report >= 0 && is_number(launch.report)) {
        WELD_TRY(move_above(launch.report));
    }
    for (DescriptorMapping& one : all) {
        if (one.source != one.number && is_number(one.source)) {
            WELD_TRY(move_above(one.source));
        }
    }
    for (const DescriptorMapping& one : all) {
        const BorrowedFd source(one.source);
        WELD_TRY(one.source == one.number ? sys::fcntl_set_cloexec(source, false)
                                          : retry([&] { return sys::dup3(source, one.number); }));
    }
    return {};
}

sys::Result<void> become_user(Launch& launch) noexcept {
    const SpawnPlan& plan = *launch.plan;
    launch.failure.step = SpawnStep::Groups;
    if (plan.groups) {
        WELD_TRY(sys::setgroups_of_thread(*plan.groups));
    } else if (plan.user) {
        // The groups of the former user are not those of the new one. A process without the privilege to drop them
        // keeps them, and so gains nothing that it did not have before.
        const auto dropped = sys::setgroups_of_thread({});
        if (!dropped && dropped.error() != Errno::Perm) {
            return dropped;
        }
    }
    launch.failure.step = SpawnStep::Group;
    if (plan.group) {
        WELD_TRY(sys::setgid_of_thread(*plan.group));
    }
    launch.failure.step = SpawnStep::User;
    if (plan.user) {
        WELD_TRY(sys::setuid_of_thread(*plan.user));
    }
    return {};
}

/// Sets the death signal. To be called after the change of user, which would clear it.
sys::Result<void> follow_parent(const Launch& launch, sys::Signal signal) noexcept {
    WELD_TRY(sys::prctl_set_parent_death_signal(signal));
    // The kernel sends no signal for a parent that ended before this. A parent in another pid namespace is zero.
    const sys::ProcessId parent = sys::getppid();
    if (parent != launch.parent && parent != sys::ProcessId{0}) {
        WELD_TRY(sys::kill(static_cast<sys::ProcessId>(sys::getpid()), signal));
    }
    return {};
}

/// Resets signals that have a handler. Handlers are code of the parent, which must not run here, so they are reset
/// before any signal is unblocked. The child has its own table of dispositions.
void reset_signals() noexcept {
    for (std::int32_t number = 1; number <= sys::signal_count; ++number) {
        const auto done = sys::rt_sigaction(number);
        const bool is_ignored_pipe =
            number == std::to_underlying(sys::Signal::Pipe) && done == sys::Disposition::Ignore;
        if (done == sys::Disposition::Handler || is_ignored_pipe) {
            (void)sys::rt_sigaction_default(number);
        }
    }
    (void)sys::rt_sigprocmask(sys::no_signals);
}

sys::Result<void> call_before_exec(Launch& launch) noexcept {
    launch.failure.step = SpawnStep::BeforeExec;
    for (const BeforeExec& call : launch.plan->before_exec) {
        WELD_TRY(call.function(call.argument));
    }
    return {};
}

[[noreturn]] void fail(Launch& launch, Errno error) noexcept {
    launch.failure.error = error;
    launch.has_failed = true;
    if (launch.report >= 0) {
        const auto record = std::as_bytes(std::span(&launch.failure, 1));
        (void)retry([&] { return sys::write(BorrowedFd(launch.report), record); });
    }
    sys::exit_now(127);
}

/// Whether the next of several programs is tried: this one does not exist, or may not be run.
bool goes_on(Errno error) noexcept {
    switch (error) {
        case Errno::Noent:
        case Errno::Notdir:
        case Errno::Acces:
        case Errno::Nametoolong:
        case Errno::Stale:
        case Errno::Nodev:
        case Errno::Timedout: return true;
        default: return false;
    }
}

}  // namespace

sys::Result<void> take_steps(Launch& launch) noexcept {
    const SpawnPlan& plan = *launch.plan;
    launch.failure.step = SpawnStep::CloseOthers;
    if (plan.close_others) {
        WELD_TRY(mark_others());
    }
    launch.failure.step = SpawnStep::Descriptors;
    WELD_TRY(place_descriptors(launch));
    launch.failure.step = SpawnStep::Session;
    if (plan.new_session) {
        WELD_TRY(sys::setsid());
    }
    launch.failure.step = SpawnStep::ProcessGroup;
    if (plan.process_group) {
        WELD_TRY(sys::setpgid(sys::ProcessId::Self, static_cast<sys::ProcessId>(*plan.process_group)));
    }
    launch.failure.step = SpawnStep::Root;
    if (plan.root != nullptr) {
        WELD_TRY(sys::chroot(sys::CStr(plan.root)));
        WELD_TRY(sys::chdir(sys::CStr("/")));
    }
    WELD_TRY(become_user(launch));
    launch.failure.step = SpawnStep::Directory;
    if (plan.directory != nullptr) {
        WELD_TRY(sys::chdir(sys::CStr(plan.directory)));
    }
    launch.failure.step = SpawnStep::DeathSignal;
    return plan.death_signal ? follow_parent(launch, *plan.death_signal) : sys::Result<void>();
}

Errno run_program(const SpawnPlan& plan) noexcept {
    Errno told = Errno::Noent;
    for (const char* const* program = plan.programs; *program != nullptr; ++program) {
        const Errno error = sys::execve(sys::CStr(*program), plan.arguments, plan.environment);
        if (!goes_on(error)) {
            return error;
        }
        // Acces, for a file that exists and may not be run, tells more than Noent, and Noent more than the rest.
        if (program == plan.programs || error == Errno::Acces || (error == Errno::Noent && told != Errno::Acces)) {
            told = error;
        }
    }
    return told;
}

int run_nothing(void* raw) noexcept {
    *static_cast<bool*>(raw) = true;
    sys::exit_now(0);
}

int run_child(void* raw) noexcept {
    Launch& launch = *static_cast<Launch*>(raw);
    launch.has_begun = true;
    if (const auto taken = take_steps(launch); !taken) {
        fail(launch, taken.error());
    }
    reset_signals();
    if (const auto called = call_before_exec(launch); !called) {
        fail(launch, called.error());
    }
    const Errno error = run_program(*launch.plan);
    launch.failure.step = SpawnStep::Spawn;
    fail(launch, error);
}

}  // namespace weld::native
