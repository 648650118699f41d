// SPDX-License-Identifier: MIT
//
// Sleeper: a thread that waits for something, and whether it sleeps (in the kernel).
//
//     test::Sleeper waiter([&] { mutex.lock(); … });      CHECK(waiter.is_asleep());      waiter.join();
//
// A waiter of a lock spins for some microseconds before it sleeps; a test of sleeping waiters must know when one
// sleeps. The destructor joins the thread.
#pragma once

#include <support/words.hpp>

#include <unistd.h>
#include <array>
#include <atomic>
#include <cstdio>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

namespace test {

/// The state in /proc of thread `tid` of this process: R, S, D, …; nothing when it has ended.
inline std::optional<char> state_of_thread(pid_t tid) {
    std::array<char, 64> path;
    (void)std::snprintf(path.data(), path.size(), "/proc/self/task/%d/stat", tid);
    std::FILE* file = std::fopen(path.data(), "re");
    if (file == nullptr) {
        return std::nullopt;
    }
    std::array<char, 128> line{};
    const std::string_view text(line.data(), std::fread(line.data(), 1, line.size(), file));
    (void)std::fclose(file);
    const std::size_t name_end = text.rfind(") ");
    return name_end < text.size() - 2 ? std::optional(text[name_end + 2]) : std::nullopt;
}

template <class Body>
class Sleeper {
public:
    using Value = std::invoke_result_t<Body&>;

    explicit Sleeper(Body body)
        : body_(std::move(body)), handle_(must(weld::thread::spawn([this] {
              tid_ = ::gettid();
              return body_();
          }))) {}
    Sleeper(const Sleeper&) = delete;
    Sleeper& operator=(const Sleeper&) = delete;
    ~Sleeper() {
        if (handle_) {
            (void)join();
        }
    }

    /// Whether it goes to sleep within ten seconds.
    [[nodiscard]] bool is_asleep() const {
        return eventually([&] { return tid_ != 0 && state_of_thread(tid_) == 'S'; });
    }

    /// As `is_asleep`, for a wait with a timeout, which may expire before this call sees the thread asleep.
    [[nodiscard]] bool has_slept() const {
        return eventually([&] { return is_finished() || (tid_ != 0 && state_of_thread(tid_) == 'S'); });
    }

    [[nodiscard]] bool is_finished() const { return handle_->is_finished(); }

    /// Whether it ends within ten seconds.
    [[nodiscard]] bool ends() const {
        return eventually([&] { return is_finished(); });
    }

    Value join() { return std::move(*std::exchange(handle_, std::nullopt)).join(); }

private:
    Body body_;
    std::atomic<pid_t> tid_{0};
    std::optional<weld::thread::JoinHandle<Value>> handle_;
};

}  // namespace test
