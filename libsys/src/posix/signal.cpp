// SPDX-License-Identifier: MIT
#include <weld/sys/posix/signal.hpp>

#include "check.hpp"

#include <unistd.h>
#include <bit>
#include <csignal>
#include <cstring>
#include <utility>

namespace weld::sys {

static_assert(std::to_underlying(Signal::Hup) == SIGHUP && std::to_underlying(Signal::Int) == SIGINT);
static_assert(std::to_underlying(Signal::Quit) == SIGQUIT && std::to_underlying(Signal::Ill) == SIGILL);
static_assert(std::to_underlying(Signal::Trap) == SIGTRAP && std::to_underlying(Signal::Abrt) == SIGABRT);
static_assert(std::to_underlying(Signal::Bus) == SIGBUS && std::to_underlying(Signal::Fpe) == SIGFPE);
static_assert(std::to_underlying(Signal::Kill) == SIGKILL && std::to_underlying(Signal::Usr1) == SIGUSR1);
static_assert(std::to_underlying(Signal::Segv) == SIGSEGV && std::to_underlying(Signal::Usr2) == SIGUSR2);
static_assert(std::to_underlying(Signal::Pipe) == SIGPIPE && std::to_underlying(Signal::Alrm) == SIGALRM);
static_assert(std::to_underlying(Signal::Term) == SIGTERM && std::to_underlying(Signal::Chld) == SIGCHLD);
static_assert(std::to_underlying(Signal::Cont) == SIGCONT && std::to_underlying(Signal::Stop) == SIGSTOP);
static_assert(std::to_underlying(Signal::Tstp) == SIGTSTP && std::to_underlying(Signal::Ttin) == SIGTTIN);
static_assert(std::to_underlying(Signal::Ttou) == SIGTTOU && std::to_underlying(Signal::Urg) == SIGURG);
static_assert(std::to_underlying(Signal::Xcpu) == SIGXCPU && std::to_underlying(Signal::Xfsz) == SIGXFSZ);
static_assert(std::to_underlying(Signal::Winch) == SIGWINCH && std::to_underlying(Signal::Sys) == SIGSYS);
static_assert(sizeof(SignalAction) >= sizeof(struct sigaction) && alignof(SignalAction) >= alignof(struct sigaction));

static_assert(sizeof(SignalSet) >= sizeof(sigset_t) && alignof(SignalSet) >= alignof(sigset_t));

std::string_view abbreviation(Signal signal) noexcept {
    const char* name = ::sigabbrev_np(std::to_underlying(signal));
    return name != nullptr ? name : "";
}

namespace {

sigset_t set_of(Signal signal) noexcept {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, static_cast<int>(signal));
    return set;
}

Result<SignalSet> block(const sigset_t& set) noexcept {
    SignalSet before{};
    if (const auto done = check_number(::pthread_sigmask(SIG_BLOCK, &set, reinterpret_cast<sigset_t*>(before.storage)));
        !done) {
        return std::unexpected(done.error());
    }
    return before;
}

}  // namespace

Result<SignalSet> pthread_sigmask_block_all() noexcept {
    sigset_t all;
    sigfillset(&all);
    return block(all);
}

Result<SignalSet> pthread_sigmask_block(Signal signal) noexcept { return block(set_of(signal)); }

Result<void> pthread_sigmask_restore(const SignalSet& set) noexcept {
    return check_number(::pthread_sigmask(SIG_SETMASK, reinterpret_cast<const sigset_t*>(set.storage), nullptr));
}

bool is_pending(Signal signal) noexcept {
    sigset_t pending;
    return ::sigpending(&pending) == 0 && sigismember(&pending, static_cast<int>(signal)) == 1;
}

Result<void> sigtimedwait(Signal signal) noexcept {
    const sigset_t set = set_of(signal);
    constexpr timespec no_time{};
    return check(::sigtimedwait(&set, nullptr, &no_time));
}

const void* fault_address(const SignalInfo& info) noexcept { return reinterpret_cast<const siginfo_t&>(info).si_addr; }

bool is_sent(const SignalInfo& info) noexcept { return reinterpret_cast<const siginfo_t&>(info).si_code <= 0; }

Result<SignalAction> sigaction(Signal signal, SignalHandler handler) noexcept {
    struct sigaction action{};
    action.sa_sigaction = reinterpret_cast<void (*)(int, siginfo_t*, void*)>(handler);
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    SignalAction before{};
    if (::sigaction(static_cast<int>(signal), &action, reinterpret_cast<struct sigaction*>(before.storage)) != 0) {
        return last_error();
    }
    return before;
}

Result<void> sigaction_restore(Signal signal, const SignalAction& action) noexcept {
    return check(
        ::sigaction(static_cast<int>(signal), reinterpret_cast<const struct sigaction*>(action.storage), nullptr));
}

bool call_handler(SignalAction& action, std::int32_t signal, SignalInfo* info, void* context) noexcept {
    auto& stored = reinterpret_cast<struct sigaction&>(action.storage);
    const struct sigaction system = stored;
    const bool wants_info = (system.sa_flags & SA_SIGINFO) != 0;
    if (!wants_info && (system.sa_handler == SIG_DFL || system.sa_handler == SIG_IGN)) {
        return false;
    }
    if ((system.sa_flags & static_cast<int>(SA_RESETHAND)) != 0) {
        stored = {};
    }
    sigset_t before;
    ::pthread_sigmask(SIG_BLOCK, &system.sa_mask, &before);
    if ((system.sa_flags & SA_NODEFER) != 0) {
        const sigset_t own = set_of(static_cast<Signal>(signal));
        ::pthread_sigmask(SIG_UNBLOCK, &own, nullptr);
    }
    if (wants_info) {
        system.sa_sigaction(signal, reinterpret_cast<siginfo_t*>(info), context);
    } else {
        system.sa_handler(signal);
    }
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return true;
}

bool is_ignored(const SignalAction& action) noexcept {
    const auto& system = reinterpret_cast<const struct sigaction&>(action.storage);
    return (system.sa_flags & SA_SIGINFO) == 0 && system.sa_handler == SIG_IGN;
}

Result<std::span<std::byte>> sigaltstack(std::span<std::byte> stack) noexcept {
    stack_t wanted{};
    wanted.ss_sp = stack.data();
    wanted.ss_size = stack.size();
    wanted.ss_flags = stack.empty() ? SS_DISABLE : 0;
    stack_t before{};
    if (::sigaltstack(&wanted, &before) != 0) {
        return last_error();
    }
    if ((before.ss_flags & SS_DISABLE) != 0) {
        return std::span<std::byte>();
    }
    return std::span(static_cast<std::byte*>(before.ss_sp), before.ss_size);
}

std::size_t signal_stack_size() noexcept { return static_cast<std::size_t>(::sysconf(_SC_SIGSTKSZ)); }

}  // namespace weld::sys
