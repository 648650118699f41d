// SPDX-License-Identifier: MIT
//
// The helpers of all tests: must, bytes, text, TempDir, eventually, in_child.
#pragma once

#include <support/catch.hpp>
#include <support/ticking.hpp>

#include <weld/error.hpp>
#include <weld/thread.hpp>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <array>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define TEST_ADDRESS_SANITIZER 1
#elif defined(__SANITIZE_THREAD__)
#define TEST_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TEST_ADDRESS_SANITIZER 1
#elif __has_feature(thread_sanitizer)
#define TEST_THREAD_SANITIZER 1
#endif
#endif
#ifndef TEST_ADDRESS_SANITIZER
#define TEST_ADDRESS_SANITIZER 0
#endif
#ifndef TEST_THREAD_SANITIZER
#define TEST_THREAD_SANITIZER 0
#endif

namespace weld::sys {

/// For Catch2's reports.
inline std::ostream& operator<<(std::ostream& out, Errno error) { return out << symbol(error); }

}  // namespace weld::sys

namespace test {

/// Whether a sanitizer runs, which changes what memory costs and when signals are delivered.
inline constexpr bool under_address_sanitizer = TEST_ADDRESS_SANITIZER == 1;
inline constexpr bool under_thread_sanitizer = TEST_THREAD_SANITIZER == 1;
inline constexpr bool under_sanitizer = under_address_sanitizer || under_thread_sanitizer;

#if defined(WELD_TEST_PLAIN)
inline constexpr bool is_emulated = true;
#else
inline constexpr bool is_emulated = false;
#endif

/// Whether a failed assertion ends the process.
#if defined(NDEBUG)
inline constexpr bool has_asserts = false;
#else
inline constexpr bool has_asserts = true;
#endif

/// Whether to repeat a hundredth as often: under a sanitizer, or under an emulator.
inline constexpr bool is_slow = under_sanitizer || is_emulated;

/// Gives the calling thread the default priority of a program; whether it has it now.
inline bool has_normal_priority() {
    return ::getpriority(PRIO_PROCESS, 0) == 0 || ::setpriority(PRIO_PROCESS, 0, 0) == 0;
}

inline std::string describe(const weld::Error& error) { return error.message(); }
inline std::string describe(weld::sys::Errno error) { return std::string(weld::sys::symbol(error)); }

/// The value of `result`; the test fails and ends if it has none.
template <class T, class E>
T must(std::expected<T, E> result) {
    if (!result) {
        FAIL("must: " << describe(result.error()));
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}

/// The kind of error that `result` holds; the test fails and ends if it holds none.
template <class T>
weld::Kind kind_of(const weld::Result<T>& result) {
    if (result) {
        FAIL("an error was expected");
    }
    return result.error().kind();
}

/// The number of the error that `result` holds; the test fails and ends if it holds none.
template <class T>
weld::sys::Errno errno_of(const weld::sys::Result<T>& result) {
    if (result) {
        FAIL("an error was expected");
    }
    return result.error();
}

inline std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

inline std::string_view text(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The first `size` bytes of `buffer`, as text.
inline std::string_view text(std::span<const std::byte> buffer, std::size_t size) { return text(buffer.first(size)); }

/// A file system in memory, for tests that make so many files that they would wait for a disk.
inline std::filesystem::path memory_directory() {
    return ::access("/dev/shm", W_OK | X_OK) == 0 ? std::filesystem::path("/dev/shm")
                                                  : std::filesystem::temp_directory_path();
}

/// A new directory; the destructor removes it with all its content.
class TempDir {
public:
    TempDir() : TempDir(std::filesystem::temp_directory_path()) {}
    explicit TempDir(const std::filesystem::path& parent) {
        std::string pattern = (parent / "weld-test-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) {
            FAIL("mkdtemp: no directory for the test");
        }
        path_ = pattern;
    }
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    ~TempDir() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::string& path() const { return path_; }

    /// The path of `name` inside.
    [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

private:
    std::string path_;
};

/// Whether `predicate` becomes true within ten seconds.
template <class Predicate>
bool eventually(Predicate predicate) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!predicate()) {
        if (std::chrono::steady_clock::now() > deadline) {
            return false;
        }
        weld::thread::yield_now();
    }
    return true;
}

/// Open descriptors of this process.
inline std::size_t open_descriptors() {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        ++count;
    }
    return count;
}

/// How a child process ended, and what it wrote to standard error.
struct ChildEnd {
    int status;
    std::string said;

    [[nodiscard]] bool exited_with(int code) const { return WIFEXITED(status) && WEXITSTATUS(status) == code; }
    [[nodiscard]] bool died_of(int signal) const { return WIFSIGNALED(status) && WTERMSIG(status) == signal; }
};

/// Runs `body` in a child process, whose exit status is its return value. The child asserts nothing; it
/// ends by SIGALRM after `seconds`.
template <class Body>
ChildEnd in_child(Body body, unsigned seconds = 20) {
    std::array<int, 2> ends;
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        FAIL("pipe2");
    }
    std::fflush(nullptr);  // the child must not write what Catch2 has buffered
    const pid_t child = ::fork();
    if (child == 0) {
        for (const int signal : {SIGABRT, SIGSEGV, SIGTERM, SIGINT, SIGFPE, SIGILL}) {
            ::signal(signal, SIG_DFL);  // Catch2 has handlers of its own
        }
        const rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
        (void)::setrlimit(RLIMIT_CORE, &no_core);
        const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        (void)::dup2(nowhere, STDOUT_FILENO);
        (void)::dup2(ends[1], STDERR_FILENO);
        for (const int fd : {nowhere, ends[0], ends[1]}) {
            (void)::close(fd);
        }
        ::alarm(seconds);
        try {
            ::_exit(body());
        } catch (...) {
            ::_exit(125);
        }
    }
    (void)::close(ends[1]);
    ChildEnd end{.status = 0, .said = {}};
    std::array<char, 4096> buffer;
    for (ssize_t count; (count = TEMP_FAILURE_RETRY(::read(ends[0], buffer.data(), buffer.size()))) > 0;) {
        end.said.append(buffer.data(), static_cast<std::size_t>(count));
    }
    (void)::close(ends[0]);
    if (child < 0 || TEMP_FAILURE_RETRY(::waitpid(child, &end.status, 0)) != child) {
        FAIL("fork or waitpid");
    }
    return end;
}

}  // namespace test
