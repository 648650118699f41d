// SPDX-License-Identifier: MIT
//
// lint: the words that libgreen_lint.so is written in. Preloaded to a program on green it stands before functions of
// the C library, and reports the call of one that blocks while its thread, a carrier, runs a task's own code. Each is
// one function of that name, which says what it is about to do and calls the real one:
//
//     int sigwait(const sigset_t* signals, int* came) {
//         static constinit Real<decltype(::sigwait)> real;
//         waits();
//         return real(signals, came);
//     }
//
// Nothing here allocates, throws or changes errno; any thread may call, also in the middle of an allocation. Who is
// cancelled in a real call unwinds through these functions, so they are noexcept only where the C library's are.
#pragma once

#include <atomic>

namespace green::lint {

/// The address of the C library's function `name`, which is behind this library. Ends the process if there is none.
void* find(const char* name) noexcept;

/// The real function, by the name of the function in which the object is.
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

/// The calling function is about to block.
void waits(const char* call = __builtin_FUNCTION()) noexcept;

/// It is about to read from `descriptor`, or to write to it, and blocks if that is one which makes it wait: then true.
bool reads(int descriptor, const char* call = __builtin_FUNCTION()) noexcept;
bool writes(int descriptor, const char* call = __builtin_FUNCTION()) noexcept;

/// It is about to wait for the disk, if `descriptor` is a file: what GREEN_LINT_FILES asks for.
void uses_file(int descriptor, const char* call = __builtin_FUNCTION()) noexcept;

/// It is about to move bytes, with these `flags` of send(2) and recv(2).
void receives(int descriptor, int flags, const char* call = __builtin_FUNCTION()) noexcept;
void sends(int descriptor, int flags, const char* call = __builtin_FUNCTION()) noexcept;

/// It is about to open `path`, from `folder`, with the `flags` of open(2), and blocks if that is a pipe with a name.
void opens(int folder, const char* path, int flags, const char* call = __builtin_FUNCTION()) noexcept;

/// A call during which nothing else is reported: what the C library does to make it.
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
