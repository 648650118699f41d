// SPDX-License-Identifier: MIT
//
// lint: the vocabulary of libgreen_lint.so. Preloaded to a program on green, the library interposes functions of
// the C library, and reports a call that blocks while its thread, a carrier, runs a task's own code. Each interposed
// function has the real one's name, says what it is about to do and calls the real one:
//
//     int sigwait(const sigset_t* signals, int* came) {
//         static constinit Real<decltype(::sigwait)> real;
//         waits();
//         return real(signals, came);
//     }
//
// Nothing here allocates, throws or changes errno; any thread may call, also in the middle of an allocation. A thread
// that is cancelled in a real call unwinds through these functions, so they are noexcept only where the C library's
// are.
#pragma once

#include <atomic>

namespace green::lint {

/// The address of the C library's function `name`, the next one after this library. Ends the process if there is none.
void* find(const char* name) noexcept;

/// The real function, with the name of the function in which the object is.
template <class Function>
class Real {
public:
    constexpr explicit Real(const char* name = __builtin_FUNCTION()) noexcept : name_(name) {}

    template <class... Arguments>
    decltype(auto) operator()(Arguments... arguments) {
        Function* function = found_.load(std::memory_order_relaxed);
        if (function == nullptr) [[unlikely]] {
            function = reinterpret_cast<Function*>(find(name_));
            found_.store(function, std::memory_order_relaxed);
        }
        return function(arguments...);
    }

private:
    const char* name_;
    std::atomic<Function*> found_{nullptr};
};

/// Whether the calling thread runs a task that is in its own code.
[[nodiscard]] bool is_watched() noexcept;

/// Says that the calling function is about to block.
void waits(const char* call = __builtin_FUNCTION()) noexcept;

/// Says that it is about to read from `descriptor`, or to write to it. Returns true if that may block.
bool reads(int descriptor, const char* call = __builtin_FUNCTION()) noexcept;
bool writes(int descriptor, const char* call = __builtin_FUNCTION()) noexcept;

/// Says that it is about to wait for the disk, if `descriptor` is a file; reported with GREEN_LINT_FILES.
void uses_file(int descriptor, const char* call = __builtin_FUNCTION()) noexcept;

/// Says that it is about to receive or send, with these `flags` of send(2) and recv(2).
void receives(int descriptor, int flags, const char* call = __builtin_FUNCTION()) noexcept;
void sends(int descriptor, int flags, const char* call = __builtin_FUNCTION()) noexcept;

/// Says that it is about to open `path`, from `folder`, with the `flags` of open(2), which blocks for a named pipe.
void opens(int folder, const char* path, int flags, const char* call = __builtin_FUNCTION()) noexcept;

/// The scope of a call during which nothing else is reported: the calls that the C library makes for it.
class Quiet {
public:
    explicit Quiet() noexcept { enter(); }
    Quiet(const Quiet&) = delete;
    Quiet& operator=(const Quiet&) = delete;
    ~Quiet() { leave(); }

private:
    static void enter() noexcept;
    static void leave() noexcept;
};

}  // namespace green::lint
